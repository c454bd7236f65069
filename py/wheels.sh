#!/usr/bin/env bash
# Builds wheels, two a system, for other machines than this one, the linker being zig's, for Windows MinGW's; with no argument
# all, else those named.
#   py/wheels.sh [--trained] [manylinux-x86_64 | manylinux-aarch64 | musllinux-x86_64 | musllinux-aarch64 | macos | windows]...
# With --trained, as for a release, that of this machine's own system is laid out for what programs do most (train.py): a request
# takes a tenth less in Python, and the wheel twice as long to build. Needs llvm-tools, which rustup has.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH=$PWD/.venv/bin:$PATH
export OUT=${OUT:-target/wheels} SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2> /dev/null || echo 315532800)}

main() {
  trained=
  if [ "${1-}" = --trained ]; then trained=yes && shift; fi
  [ $# -gt 0 ] || set -- manylinux-x86_64 manylinux-aarch64 musllinux-x86_64 musllinux-aarch64 macos windows
  for name in "$@"; do
    case $name in
      manylinux-x86_64) wheel manylinux2014_x86_64 x86_64-unknown-linux-gnu --compatibility manylinux2014 ;;
      manylinux-aarch64) wheel manylinux2014_aarch64 aarch64-unknown-linux-gnu --compatibility manylinux2014 ;;
      musllinux-x86_64) wheel musllinux_1_2_x86_64 x86_64-unknown-linux-musl --compatibility musllinux_1_2 ;;
      musllinux-aarch64) wheel musllinux_1_2_aarch64 aarch64-unknown-linux-musl --compatibility musllinux_1_2 ;;
      macos) wheel macosx universal2-apple-darwin ;;
      windows) wheel win_amd64 x86_64-pc-windows-gnu ;;
      *) echo "wheels: $name is not known; known are manylinux-x86_64, manylinux-aarch64, musllinux-x86_64, musllinux-aarch64, macos, windows" >&2; exit 2 ;;
    esac
  done
}

# Two wheels a system, of which pip takes the one that fits: what Python 3.10 and later have in their stable interface takes a
# twentieth off a request, and 3.9 does not have it.
wheel() {
  targets "$2"
  build 39 "$@"
  build 310 "$@"
}

# A wheel for Python from that version on, put into $OUT under its tag. One a tag: what was there before goes.
build() {
  local python=$1 tag=$2 target=$3 linker=--zig fresh
  shift 3
  # With zig's, maturin exports the module's start by its whole name, package and all, which Python on Windows does not find.
  if [ "$tag" = win_amd64 ]; then mingw && linker=; fi
  fresh=$(mktemp -d)
  (
    if [ "$trained" ] && [ "$target" = "$(host)" ]; then train "$fresh/train" "$python" "$target" || exit; fi
    compiled "$python" $linker --target "$target" "$@" --out "$fresh"
  ) > "$fresh/log" 2>&1 || { cat "$fresh/log" >&2; echo "wheels: no wheel for $target; the reason stands above" >&2; exit 1; }
  portable "$fresh"
  mkdir -p "$OUT"
  rm -f "$OUT"/imgferry-*-cp"$python"-*"$tag"*.whl
  mv "$fresh"/*.whl "$OUT/"
  rm -r "$fresh"
  ls "$OUT"/imgferry-*-cp"$python"-*"$tag"*.whl
}

# No path of the machine that builds it stands in the wheel, so it is the same from every checkout.
compiled() {
  local python=$1
  shift
  RUSTFLAGS="--remap-path-prefix=$(rustc --print sysroot)=/rust --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo --remap-path-prefix=$PWD=/imgferry" \
    maturin build -q --no-default-features --features "py$python" "$@"
}

# Counts what train.py does, in a wheel for nothing else, and has the compiler take the counts from then on. Through a wrapper, since
# flags of Cargo's decide on names within the wheel; in folders of their own, since Cargo asks no wrapper whether it has changed.
train() {
  local here=$1 python=$2 target=$3 tools
  tools=$(rustc --print sysroot)/lib/rustlib/$(host)/bin
  ! command -v rustup > /dev/null || rustup -q component add llvm-tools
  [ -x "$tools/llvm-profdata" ] || { echo "laying a wheel out needs llvm-profdata: rustup component add llvm-tools"; return 1; }
  mkdir "$here"
  export RUSTC_WRAPPER=$here/rustc CARGO_TARGET_DIR=$here/counting
  wrapper "-Cprofile-generate=$here/counts" &&
    linked_here "$python" --zig --target "$target" --compatibility linux --out "$here/wheel" &&
    python -m zipfile -e "$here"/wheel/*.whl "$here/site" &&
    PYTHONPATH=$here/site LLVM_PROFILE_FILE=$here/counts/all.profraw python py/train.py &&
    "$tools/llvm-profdata" merge --text -o "$here/exact" "$here/counts/all.profraw" &&
    rounded < "$here/exact" > "$here/rounded" &&
    "$tools/llvm-profdata" merge -o "$here/counted" "$here/rounded" &&
    CARGO_TARGET_DIR=$here/trained && wrapper "-Cprofile-use=$here/counted"
}

# Counts to the power of two below, those under 64 to none: where objects lie in memory changes a few by a few, run by run, and the
# wheel shall be the same from every build.
rounded() {
  awk '
    /^# Counter Values:/ { counts = 1; print; next }
    /^#|^$/ { counts = 0 }
    counts { n = 0; if ($1 >= 64) for (n = 64; 2 * n <= $1;) n *= 2; print n; next }
    { print }'
}

# Zig's linker cannot link what counts; without --zig at all, Cargo would name things otherwise, and no count would fit.
linked_here() {
  local target=${4//-/_}
  local -x "CARGO_TARGET_${target^^}_LINKER=cc"
  compiled "$@"
}

host() {
  rustc -vV | sed -n 's/^host: //p'
}

# A compiler with one more parameter.
wrapper() {
  printf '#!/bin/sh\nexec "$@" %s\n' "$1" > "$RUSTC_WRAPPER"
  chmod +x "$RUSTC_WRAPPER"
}

# The list of parts that maturin puts into a wheel names the folder of the build: relative names are as good.
portable() {
  (cd "$1" && python -m wheel unpack -d tree ./*.whl && rm ./*.whl) > /dev/null
  sed -i "s|path+file://$PWD/|path+file:|g" "$1"/tree/*/*.dist-info/sboms/*.json
  (cd "$1" && python -m wheel pack -d . tree/* && rm -r tree) > /dev/null
}

# Debian's linker for Windows, put there where it is missing and may be.
mingw() {
  command -v x86_64-w64-mingw32-gcc > /dev/null && return
  [ "$(id -u)" != 0 ] || { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends gcc-mingw-w64-x86-64; } > /dev/null 2>&1 || true
  command -v x86_64-w64-mingw32-gcc > /dev/null || { echo "wheels: no wheel for Windows: it needs x86_64-w64-mingw32-gcc (apt-get install gcc-mingw-w64-x86-64)" >&2; exit 1; }
}

# The compiler's part for a target, from rustup where there is one.
targets() {
  case $1 in universal2-*) set -- "x86_64-${1#universal2-}" "aarch64-${1#universal2-}" ;; esac
  ! command -v rustup > /dev/null || rustup -q target add "$@"
}

main "$@"
