#!/usr/bin/env bash
# Installs what the npm package's build needs, and with `--browser` what its tests need too, with `--runtimes` those in other
# people's frameworks and Firefox; with `--console` only what the console needs. What is there is left alone.
set -euo pipefail
cd "$(dirname "$0")/../.."

main() {
  command -v node > /dev/null && command -v npm > /dev/null || fail "Node.js with npm is missing: install version 20 or later"
  compiler
  packages wasm/js
  packages wasm/console
  if [ "${1-}" = --console ]; then return; fi
  packages wasm/worker
  packages tests/js
  case "${1-}" in
    --browser) need_chromium ;;
    --runtimes) packages tests/runtimes && need_chromium && need_firefox ;;
  esac
}

# The best way to compile the module that can be had: see `wasm/js/toolchain.mjs`.
compiler() {
  if [ "$(form)" != source ] && command -v rustup > /dev/null; then
    twice rustup component add rust-src || [ "$(form)" != none ] || twice rustup target add wasm32-unknown-unknown || true
  fi
  if [ "$(form)" = none ]; then
    debian rustc-web cargo-web rust-web-src || true
  fi
  node wasm/js/toolchain.mjs > /dev/null
  echo "the module is compiled with the standard library of this form: $(form)"
}

form() {
  node wasm/js/toolchain.mjs 2> /dev/null || echo none
}

# Not `npm ci`: the lock lacks packages for other systems, which not every registry has, and `npm ci` insists on them.
packages() {
  twice npm install --loglevel=error --no-save --no-fund --no-audit --prefix "$1" || fail "npm could not install the packages of $1; the reason stands above"
}

need_chromium() {
  command -v chromium chromium-browser google-chrome > /dev/null || debian chromium || fail "Chromium is missing: install it, so that \`chromium\` starts it"
}

need_firefox() {
  command -v firefox-esr firefox > /dev/null || debian firefox-esr || fail "Firefox is missing: install it, so that \`firefox-esr\` starts it"
}

# Packages of Debian, which only root may install.
debian() {
  command -v apt-get > /dev/null || { echo "there is no apt-get to install $* with" >&2; return 1; }
  [ "$(id -u)" = 0 ] || { echo "only root may install $*: run \`sudo apt-get install $*\`" >&2; return 1; }
  twice install_debian "$@"
}

install_debian() {
  apt-get update -q > /dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@" > /dev/null
}

# Networks fail now and then: once more after a failure.
twice() {
  "$@" || { echo "failed, once more: $*" >&2; "$@"; }
}

fail() {
  echo "setup: $1" >&2
  exit 1
}

main "$@"
