#!/usr/bin/env bash
# A wheel for "every CPython from 3.9 on" is none for free-threaded CPython.
#
# Installs  pip 26.3 into a temporary folder; it is asked for cryptography 42.0.8, whose only wheels are abi3, for other Pythons.
# Guess     cp39-abi3 is the stable ABI: one wheel for 3.9 and all later CPythons, so also for 3.14t. A package that ships one
#           has nothing to do when a Python comes out.
# Seen      found for 3.12, 3.13 and 3.14 by the cp39-abi3 wheel. For cp313t and cp314t "No matching distribution found", with
#           `--abi abi3` beside it too: the free-threaded builds have another layout of objects and take no abi3 wheel. A user
#           who has no compiler sees only that the package "does not exist" for his Python, and it worked on 3.14.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
changed() { echo "no longer so: $*"; exit 1; }

python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check pip==26.3
wheel() { # version, further options
  mkdir -p "$*"
  venv/bin/pip download -q --disable-pip-version-check --no-deps --only-binary=:all: --platform manylinux_2_28_x86_64 \
    --implementation cp --python-version "$@" -d "$*" cryptography==42.0.8 2> "$*/error" || grep -o "No matching distribution found" "$*/error"
  find "$*" -name '*.whl' -printf '%f\n'
}
for python in 3.12 3.13 3.14; do
  for threads in "" t; do
    [ "$python$threads" != 3.12t ] || continue
    echo "$python$threads: $(wheel "$python" --abi "cp${python/./}$threads")"
  done
done | tee seen
echo "3.14t and abi3: $(wheel 3.14 --abi cp314t --abi abi3)" | tee -a seen
none="No matching distribution found" found=cryptography-42.0.8-cp39-abi3-manylinux_2_28_x86_64.whl
printf '%s\n' "3.12: $found" "3.13: $found" "3.13t: $none" "3.14: $found" "3.14t: $none" "3.14t and abi3: $none" | cmp -s - seen ||
  changed "other Pythons take the wheel"
