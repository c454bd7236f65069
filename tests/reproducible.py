#!/usr/bin/env python3
"""Builds the same tree in two folders and compares what comes out, byte by byte.

  tests/reproducible.py [wheel] [module] [sign]

`wheel` is the one for Linux, `module` the whole npm package as it is packed, `sign` its smallest module alone: the short form, which
the tests of the npm package run. `make reproducible` builds wheel and module, which takes a quarter of an hour.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Callable, Dict, List

ROOT = Path(__file__).resolve().parents[1]
#: Of unlike lengths and depths: a path that stands anywhere would be seen.
FOLDERS = ("a", "another/place/that-is-longer")
#: What is installed and not built: the same for both.
INSTALLED = (".venv", "wasm/js/node_modules")


def copied(folder: Path) -> Path:
    """The tree as it stands, without what was built in it."""
    listed = subprocess.run(["git", "ls-files", "-z", "-c", "-o", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True).stdout
    for name in filter(None, listed.decode().split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    for name in INSTALLED:
        if (ROOT / name).exists():
            (folder / name).symlink_to(ROOT / name)
    return folder


def run(command: List[str], folder: Path) -> str:
    environment = {name: value for name, value in os.environ.items() if name not in ("CARGO_TARGET_DIR", "RUSTFLAGS")}
    environment.update(SOURCE_DATE_EPOCH="1767225600", CARGO_INCREMENTAL="0")
    done = subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)} in {folder}:\n{done.stdout}")
    return done.stdout


def wheel(folder: Path) -> List[Path]:
    run(["py/wheels.sh", "--trained", "manylinux-x86_64"], folder)
    return sorted((folder / "target/wheels").glob("*.whl"))


def module(folder: Path) -> List[Path]:
    run(["node", "build.mjs"], folder / "wasm/js")
    run(["npm", "pack", "--silent"], folder / "wasm/js")
    return sorted((folder / "wasm/js").glob("*.tgz")) + made(folder, "*.*")


def sign(folder: Path) -> List[Path]:
    package = folder / "wasm/js"
    committed = typings(package)
    run(["node", "build.mjs", "--only", "sign"], package)
    # A module whose glue has lost its typings is left as it is, and the committed ones stay.
    (package / "src/sign-glue.d.ts").unlink()
    told = run(["node", "build.mjs", "--js"], package)
    if "--only sign" not in told or typings(package) != committed:
        sys.exit(f"the build without a module's typings: {told}")
    return made(folder, "sign*")


def typings(package: Path) -> Dict[str, str]:
    return {path.name: path.read_text() for path in (package / "types").rglob("*.ts")}


def made(folder: Path, names: str) -> List[Path]:
    # Of what a module was made is noted for the next build, and is no part of the package.
    return sorted(path for path in (folder / "wasm/js/dist").rglob(names) if path.suffix != ".made-of")


BUILDS: Dict[str, Callable[[Path], List[Path]]] = {"wheel": wheel, "module": module, "sign": sign}


def main() -> int:
    differs = 0
    for name in sys.argv[1:] or ["wheel", "module"]:
        with tempfile.TemporaryDirectory(prefix="imgferry-twice-") as place:
            sums = [{path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in BUILDS[name](copied(Path(place) / folder))} for folder in FOLDERS]
        first, second = sums
        unlike = sorted(file for file in {*first, *second} if first.get(file) != second.get(file))
        differs += len(unlike) + (not first)
        print(f"{name}: {len(first)} files built twice, {len(unlike)} differ {unlike}".rstrip(), flush=True)
        print("".join(f"  {sum}  {file}\n" for file, sum in first.items() if file.endswith((".whl", ".tgz", ".wasm"))), end="", flush=True)
    return 1 if differs else 0


if __name__ == "__main__":
    sys.exit(main())
