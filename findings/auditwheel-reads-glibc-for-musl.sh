#!/usr/bin/env bash
# auditwheel cannot look at a musl wheel on a machine that has glibc's headers.
#
# Installs  auditwheel 6.8.2, ziglang 0.15.2 and wheel 0.48.0 into a temporary folder; needs libc6-dev, as any compiler does.
# Guess     `auditwheel show` reads a wheel and tells the oldest system that takes it, whatever the machine it runs on: a
#           wheel for musl that was built by a cross compiler is checked before it is published, like the one for glibc.
# Seen      "ELFError: Magic number does not match", and no answer. zig links what it builds for musl to `libc.so`; auditwheel
#           looks that name up in this system's folders, where glibc's development package keeps a file of this name that is
#           a linker's script, a text. musl itself takes `libc.so` for its own library. The same wheel linked for glibc
#           (`libc.so.6`) is answered for.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
changed() { echo "no longer so: $*"; exit 1; }

python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check auditwheel==6.8.2 ziglang==0.15.2 wheel==0.48.0
pack() { # zig's target, the wheel's platform
  mkdir -p "$2/mini" "$2/mini-1.dist-info"
  echo '#include <stdio.h>
int hello(void) { return puts("hello"); }' > mini.c
  venv/bin/python -m ziglang cc -target "$1" -shared -fPIC mini.c -o "$2/mini/_mini.abi3.so" 2> /dev/null
  printf 'Metadata-Version: 2.1\nName: mini\nVersion: 1\n' > "$2/mini-1.dist-info/METADATA"
  printf 'Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: cp39-abi3-%s\n' "$2" > "$2/mini-1.dist-info/WHEEL"
  venv/bin/python -m wheel pack -d wheels "$2"
}
mkdir wheels
pack x86_64-linux-gnu.2.17 linux_x86_64
pack x86_64-linux-musl musllinux_1_2_x86_64
venv/bin/auditwheel show wheels/mini-1-*-linux_x86_64.whl 2>&1 | tr '\n' ' ' | grep -o '"manylinux_[0-9_]*_x86_64"' | head -1 || changed "the wheel for glibc is not answered for"
venv/bin/auditwheel show wheels/*musllinux_1_2_x86_64.whl > seen 2>&1 && changed "it answers: $(cat seen)"
grep 'Magic number does not match' seen || changed "another error: $(cat seen)"
