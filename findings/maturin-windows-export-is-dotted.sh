#!/usr/bin/env bash
# maturin, building for Windows with GNU's toolchain, exports a function that no module has.
#
# Installs  maturin 1.16.0 and ziglang 0.15.2 (the linker) into a temporary folder; pyo3 0.30.1 for a module of three lines.
# Guess     `module-name = "pkg._mini"` puts the native module into a package; it builds for Linux and macOS from one machine
#           with `--zig`, so for x86_64-pc-windows-gnu as well: Python asks for `PyInit__mini` there too.
# Seen      "lld-link: error: <root>: undefined symbol: PyInit_pkg._mini": maturin's list of exports names the module by its
#           dotted path. With `module-name = "_mini"` the same tree links. A function exported under the dotted name, which
#           Python never calls, lets the dotted form link too; the module then has both names.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
changed() { echo "no longer so: $*"; exit 1; }

python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check maturin==1.16.0 ziglang==0.15.2
export PATH=$dir/venv/bin:$PATH
! command -v rustup > /dev/null || rustup -q target add x86_64-pc-windows-gnu
mkdir -p src pkg
touch pkg/__init__.py
cat > Cargo.toml << 'TOML'
[package]
name = "mini"
version = "0.1.0"
edition = "2024"
[lib]
name = "_mini"
crate-type = ["cdylib"]
[dependencies]
pyo3 = { version = "=0.30.1", features = ["abi3-py39"] }
TOML
cat > src/lib.rs << 'RUST'
#[pyo3::pymodule]
mod _mini {}
RUST
build() { # the module's name
  printf '[build-system]\nrequires = ["maturin>=1,<2"]\nbuild-backend = "maturin"\n[project]\nname = "mini"\nversion = "0.1.0"\n[tool.maturin]\nmodule-name = "%s"\n' "$1" > pyproject.toml
  maturin build -q --zig --target x86_64-pc-windows-gnu --out "wheels-$1" > log 2>&1
}
! build pkg._mini || changed "a dotted module name links"
grep -o "undefined symbol: PyInit_pkg._mini" log || changed "another error: $(cat log)"
build _mini || changed "a plain module name does not link: $(cat log)"
ls wheels-_mini
