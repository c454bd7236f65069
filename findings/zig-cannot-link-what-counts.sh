#!/usr/bin/env bash
# maturin's two ways to a better wheel cannot be had together: `--zig`, for old systems, and `--pgo`.
#
# Installs  maturin 1.16.0 and ziglang 0.15.2 (the linker) into a temporary folder; pyo3 0.30.1 for a module of three lines;
#           llvm-tools where rustup is at hand.
# Guess     `zig cc` takes the place of `cc`, and `maturin build --pgo` works without `--zig`, so with it as well.
# Seen      "error: __llvm_profile_runtime: unrecognized file extension": rustc asks the linker for a symbol by `-u NAME`, in two
#           words, which zig takes for a file. `-uNAME` and `-Wl,-u,NAME` it knows. Without `--zig` the same tree builds. Counting
#           without `--zig` and compiling with it helps nothing, and nothing says so: Cargo names the crates otherwise then.
# Instead   with --zig both times, the linker of what counts being `cc`: CARGO_TARGET_<TRIPLE>_LINKER=cc is heeded.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
changed() { echo "no longer so: $*"; exit 1; }

python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check maturin==1.16.0 ziglang==0.15.2
export PATH=$dir/venv/bin:$PATH VIRTUAL_ENV=$dir/venv
! command -v rustup > /dev/null || rustup -q component add llvm-tools
mkdir src
cat > Cargo.toml << 'TOML'
[package]
name = "mini"
version = "0.1.0"
edition = "2024"
[lib]
name = "mini"
crate-type = ["cdylib"]
[dependencies]
pyo3 = { version = "=0.30.1", features = ["abi3-py39"] }
TOML
cat > src/lib.rs << 'RUST'
#[pyo3::pymodule]
mod mini {}
RUST
cat > pyproject.toml << 'TOML'
[build-system]
requires = ["maturin>=1,<2"]
build-backend = "maturin"
[project]
name = "mini"
version = "0.1.0"
[tool.maturin]
pgo-command = "python -c 'import mini'"
TOML
maturin build -q --pgo --out plain > log 2>&1 || changed "it does not build without --zig either: $(cat log)"
ls plain
! maturin build -q --pgo --zig --target "$(rustc -vV | sed -n 's/^host: //p')" --out zig > log 2>&1 || changed "it builds with --zig"
grep -o "error: __llvm_profile_runtime: .*" log || changed "another error: $(cat log)"
