#!/usr/bin/env bash
# Licences, versions and sources of all that is compiled (`deny.toml`); and advisories, whose list is a repository that has to be fetched.
# Needs `cargo install --locked cargo-deny`.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v cargo-deny > /dev/null || { echo "cargo-deny is missing: cargo install --locked cargo-deny"; exit 1; }
mkdir -p target
cargo deny --locked check licenses bans sources > target/deny.log 2>&1 || { cat target/deny.log; exit 1; }
tail -n 1 target/deny.log
if cargo deny --locked fetch db > target/deny.log 2>&1; then
  cargo deny --offline check advisories
else
  echo "advisories: not checked, their list cannot be fetched here: $(grep -m 1 -o 'Could not resolve host.*\|fatal: .*' target/deny.log || tail -n 1 target/deny.log)"
fi
