#!/usr/bin/env bash
# The core as others may want it: each cloud alone, none of the defaults, and the oldest versions that its manifests allow.
#   tests/features.sh [clouds] [minimal]
set -euo pipefail
cd "$(dirname "$0")/.."

main() {
  for part in "${@:-clouds minimal}"; do for one in $part; do "$one"; done; done
}

# Unoptimised: what is compiled is run for a second.
QUICK=(--config profile.test.package.imgferry.opt-level=0 --config profile.test.package.imgferry-sim.opt-level=0)

# Texts and catalogues stay out, as in the smallest module.
clouds() {
  for cloud in tencent volcengine huawei; do
    for more in "" ,compact,serde; do
      cargo test -q "${QUICK[@]}" -p imgferry --no-default-features --features "$cloud$more" --test alone > target/features.log 2>&1 || { cat target/features.log; echo "features: $cloud$more fails"; exit 1; }
      echo "$cloud$more alone: $(grep -o '[0-9]* passed' target/features.log | head -1)"
    done
  done
  # Not even the first lines of a core without a cloud make sense.
  ! cargo check -q -p imgferry --no-default-features 2> target/features.log && grep -q "choose a cloud" target/features.log || { cat target/features.log; exit 1; }
  echo "no cloud at all: told in one sentence"
}

# In a copy, whose lock has the oldest version of everything that core and simulator name themselves; they name what they need.
minimal() {
  local copy
  copy=$(mktemp -d)
  # Named now: at the end it is no longer known.
  trap "rm -rf '$copy'" EXIT
  cp -R core README.md rustfmt.toml "$copy"
  sed 's|^members = .*|members = ["core", "core/sim"]|; s|^default-members = .*||' Cargo.toml > "$copy/Cargo.toml"
  export CARGO_TARGET_DIR=$PWD/target/minimal
  (
    cd "$copy"
    # The resolver's option is an unstable one; the compiler is the usual.
    RUSTC_BOOTSTRAP=1 cargo update -q -Z direct-minimal-versions
    cargo tree -q -p imgferry --depth 1 --all-features --edges normal --prefix none --format '{p}' | sed -n 's/^\([a-z0-9_-]* v[0-9][^ ]*\).*/\1/p' | sed 1d | paste -sd ',' | sed 's/,/, /g; s/^/oldest versions: /'
    cargo test -q "${QUICK[@]}" -p imgferry -p imgferry-sim --lib --tests
  ) > target/features.log 2>&1 || { cat target/features.log; echo "features: fails with the oldest versions"; exit 1; }
  grep -E '^oldest versions|^test result' target/features.log
}

mkdir -p target
main "$@"
