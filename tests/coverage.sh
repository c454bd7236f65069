#!/usr/bin/env bash
# Which lines of the core its tests run, by folder. Needs `rustup component add llvm-tools`. With names of integration tests only those
# are run beside the unit tests.
set -euo pipefail
cd "$(dirname "$0")/.."
tools=$(rustc --print sysroot)/lib/rustlib/$(rustc -vV | sed -n 's/^host: //p')/bin
[ -x "$tools/llvm-cov" ] || { echo "llvm-tools are missing: rustup component add llvm-tools"; exit 1; }
export CARGO_TARGET_DIR=$PWD/target/coverage RUSTFLAGS="-C instrument-coverage" LLVM_PROFILE_FILE=$PWD/target/coverage/profiles/%p-%m.profraw
rm -rf target/coverage/profiles
tests=(--tests)
[ $# = 0 ] || tests=(--lib $(printf -- '--test %s ' "$@"))
cargo test -q --no-fail-fast -p imgferry -p imgferry-tests "${tests[@]}" > target/coverage.log 2>&1 || { tail -n 40 target/coverage.log; exit 1; }
"$tools/llvm-profdata" merge -sparse target/coverage/profiles/*.profraw -o target/coverage/all.profdata
objects=$(cargo test -q --no-run --message-format=json -p imgferry -p imgferry-tests "${tests[@]}" | sed -n 's/.*"executable":"\([^"]*\)".*/--object=\1/p')
"$tools/llvm-cov" export --format=lcov --instr-profile=target/coverage/all.profdata --ignore-filename-regex='/(registry|rustlib|tests|target)/' $objects |
  awk -F: '/^SF:/ { file = $2; sub(".*/core/", "core/", file); folder = file; sub("/[^/]*$", "", folder) }
    /^DA:/ { split($2, cell, ","); lines[folder]++; if (cell[2] > 0) run[folder]++ }
    END { for (folder in lines) { printf "%6.1f %%  %5d of %5d lines  %s\n", 100 * run[folder] / lines[folder], run[folder], lines[folder], folder; all += lines[folder]; hit += run[folder] }
          printf "%6.1f %%  %5d of %5d lines  all\n", 100 * hit / all, hit, all }' | sort -k6
