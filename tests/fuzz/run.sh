#!/bin/sh
# Fuzzes every target, or those that are named, for FUZZ_SECONDS each. What is found stays in tests/fuzz/finds.
# libFuzzer on the stable toolchain: the compiler's own pass counts edges and compares, the crate brings the runtime.
set -eu
cd "$(dirname "$0")"
seconds=${FUZZ_SECONDS:-600}
export RUSTFLAGS="-C passes=sancov-module -C llvm-args=-sanitizer-coverage-level=4 -C llvm-args=-sanitizer-coverage-inline-8bit-counters -C llvm-args=-sanitizer-coverage-pc-table -C llvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing"
# With a target, build scripts and macros are compiled without these flags.
host=$(rustc -vV | sed -n 's/^host: //p')
[ $# -gt 0 ] || set -- read journal plan sign verify investigate machine sim
cargo build -q --release --target "$host"
python3 seeds.py target/seeds
mkdir -p finds
broken=0
for target in "$@"; do
    mkdir -p "target/corpus/$target"
    # New inputs go to the first folder; the seeds are read.
    if ! "target/$host/release/$target" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=4096 -max_len=16384 -use_value_profile=1 \
        -print_final_stats=1 -verbosity=0 -dict=words.dict -artifact_prefix="finds/$target-" "target/corpus/$target" "target/seeds/$target" \
        >"target/$target.log" 2>&1; then
        tail -n 40 "target/$target.log"
        echo "$target: a find; tell it again by: tests/fuzz/again.sh $target FILE"
        broken=1
        continue
    fi
    executed=$(sed -n 's/^stat::number_of_executed_units: *//p' "target/$target.log")
    echo "$target: $executed executions in $seconds s, $(ls "target/corpus/$target" | wc -l) inputs kept, finds: 0"
done
exit $broken
