"""The peer that stands beside every figure of ours: this project as it was, built from a checkout in a folder of its own.

The checkout is made of the commit alone, without a trace in the repository, and kept under ``target/bench`` for the
next run: the same commit makes the same programs. ``before/api.rs`` tells what its interfaces are called.
"""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from types import ModuleType

from rows import LeftOut

ROOT = Path(__file__).parents[2]
COMMIT = "f75aacb"
TREE = ROOT / "target/bench" / COMMIT
SITE = ROOT / "target/bench" / f"{COMMIT}-site"
#: Both commits compile in one place, so that what they depend on is compiled once.
BUILT_HERE = {**os.environ, "CARGO_TARGET_DIR": str(ROOT / "target")}


def tree() -> Path:
    """The checkout."""
    if not (TREE / "Cargo.toml").exists():
        shutil.rmtree(TREE, ignore_errors=True)
        packed = subprocess.run(["git", "archive", COMMIT], cwd=ROOT, capture_output=True)
        if packed.returncode:
            raise LeftOut(f"commit {COMMIT} is not in this repository: {packed.stderr.decode().strip()}")
        TREE.mkdir(parents=True)
        subprocess.run(["tar", "-x", "-C", str(TREE)], input=packed.stdout, check=True)
    return TREE


def rust() -> Path:
    """The programs of ``rust/``, built against the crate as it was."""
    bench = tree() / "tests/bench/rust"
    shutil.rmtree(bench)
    shutil.copytree(ROOT / "tests/bench/rust", bench)
    shutil.copy(ROOT / "tests/bench/before/api.rs", bench / "src/api.rs")
    # Clouds were no features then.
    manifest = bench / "Cargo.toml"
    manifest.write_text(manifest.read_text().replace(', features = ["clouds", "docs", "texts"]', ""))
    (bench / "src/main.rs").unlink(missing_ok=True)
    return compiled(tree())


def compiled(root: Path) -> Path:
    """Compiles the programs of a tree, optimised, and says where they are."""
    command = ["cargo", "build", "-q", "--release", "-p", "imgferry-bench", "--bins"]
    subprocess.run(command, cwd=root, check=True, env=BUILT_HERE)
    programs = ROOT / "target/bench" / f"{root.name}-programs"
    programs.mkdir(parents=True, exist_ok=True)
    for name in ("signing", "job"):
        shutil.copy2(ROOT / "target/release" / name, programs)
    return programs


def python() -> ModuleType:
    """The package as it was, beside the one that is installed: under another name for nobody but us."""
    if not (SITE / "imgferry").is_dir():
        wheels = tree() / "target/wheels"
        command = [sys.executable, "-m", "maturin", "build", "-q", "--out", str(wheels)]
        subprocess.run(command, cwd=tree(), check=True, env=BUILT_HERE)
        with zipfile.ZipFile(next(wheels.glob("imgferry-*.whl"))) as wheel:
            wheel.extractall(SITE)
    return beside(SITE)


def beside(site: Path) -> ModuleType:
    """Imports the ``imgferry`` of a folder, and leaves the one that is imported where it is."""
    ours = {name: sys.modules.pop(name) for name in list(sys.modules) if name.split(".")[0] == "imgferry"}
    sys.path.insert(0, str(site))
    try:
        return importlib.import_module("imgferry")
    finally:
        sys.path.remove(str(site))
        for name in [name for name in sys.modules if name.split(".")[0] == "imgferry"]:
            del sys.modules[name]
        sys.modules.update(ours)


def npm() -> Path:
    """The npm package as it was, built with the tools that are installed here."""
    package = tree() / "wasm/js"
    if not (package / "dist/sign-embedded.js").exists():
        for folder in ("wasm/js", "tests/js"):
            modules = tree() / folder / "node_modules"
            if not modules.exists():
                modules.symlink_to(ROOT / folder / "node_modules")
        subprocess.run(["node", "build.mjs"], cwd=package, check=True, stdout=subprocess.DEVNULL, env=BUILT_HERE)
    return package
