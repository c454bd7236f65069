#!/usr/bin/env bash
# The core's own tests under Miri, which finds undefined behaviour, leaks and overflow in what it interprets: readers, writer, texts,
# times, redaction, packed tables, encoding, journal, limits. Some hundred times slower than compiled, so loops over everything take
# every so-manieth there, and what needs thousands of rows needs fewer (`cfg!(miri)`); nothing is left out. Needs
# `rustup toolchain install nightly --component miri,rust-src`.
set -euo pipefail
cd "$(dirname "$0")/.."
TESTS=(base:: api::catalogue api::endpoint api::answer api::facts api::texts job::pace job::journal sign::encode sign::keys sign::words plan::policy)
cargo +nightly miri --version > /dev/null 2>&1 || { echo "miri is missing: rustup toolchain install nightly --component miri,rust-src"; exit 1; }
# The time of each is told, for which the clock is read.
MIRIFLAGS=-Zmiri-disable-isolation cargo +nightly miri test -p imgferry --lib -- -Z unstable-options --report-time --test-threads=1 "${TESTS[@]}"
