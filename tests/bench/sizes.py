"""Size of the wheel and of what it installs, with everything it depends on: ours and the vendors'."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import Dict, List

from packaging.requirements import Requirement
from rows import Row, megabytes

ROOT = Path(__file__).parents[2]
PINS = ROOT / "tests/py/requirements-oracle.txt"
#: Of our wheel.
BUDGET_MB = 1.5
DOWNLOADED, INSTALLED = "wheels, with dependencies", "installed, with dependencies, without bytecode"


def rows() -> List[Row]:
    ours = max((ROOT / "target/wheels").glob("imgferry-*.whl"), key=lambda wheel: wheel.stat().st_mtime)
    mine = with_dependencies("imgferry")
    rows = [Row(DOWNLOADED, "imgferry", megabytes(ours.stat().st_size), "", ours.stat().st_size / 1e6, "MB", at_most=BUDGET_MB)]
    for name, pin in pins().items():
        wheels = downloaded(pin)
        rows.append(Row(DOWNLOADED, name, "", f"{megabytes(sum(wheel.stat().st_size for wheel in wheels))} in {len(wheels)}"))
    rows.append(Row(INSTALLED, "imgferry", installed(mine), "", len(mine) - 1, "dependencies", at_most=0))
    # The same task, which is a copy on each of the three clouds, takes the three vendors' clients; what they share is counted once.
    theirs = {key: package for name in pins() if name != "openstacksdk" for key, package in with_dependencies(name).items()}
    ratio = sum(map(size, mine.values())) / sum(map(size, theirs.values()))
    rows.append(Row(INSTALLED, "a copy on each cloud", installed(mine), installed(theirs), ratio, "x", at_most=0.25))
    return [*rows, *(Row(INSTALLED, name, "", installed(with_dependencies(name))) for name in pins())]


def pins() -> Dict[str, str]:
    """The vendors' packages as the tests pin them."""
    lines = [line.strip() for line in PINS.read_text(encoding="utf-8").splitlines()]
    return {line.split("==")[0]: line for line in lines if line and not line.startswith("#")}


def downloaded(pin: str) -> List[Path]:
    """The wheels that installing it brings, from pip; kept for the next time."""
    folder = ROOT / "target/bench/wheels" / re.sub(r"\W+", "-", pin)
    if not folder.is_dir():
        subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check", "--only-binary", ":all:", "-d", str(folder), pin], check=True)
    return sorted(folder.iterdir())


def with_dependencies(name: str) -> Dict[str, Distribution]:
    """A package and everything that it needs without extras."""
    found: Dict[str, Distribution] = {}
    wanted = [name]
    while wanted:
        package = distribution(wanted.pop())
        key = re.sub(r"[-_.]+", "-", package.metadata["Name"]).lower()
        if key not in found:
            found[key] = package
            needs = [Requirement(text) for text in package.requires or []]
            wanted += [need.name for need in needs if need.marker is None or need.marker.evaluate({"extra": ""})]
    return found


def installed(packages: Dict[str, Distribution]) -> str:
    return f"{megabytes(sum(map(size, packages.values())))} in {len(packages)}"


def size(package: Distribution) -> int:
    paths = [Path(str(package.locate_file(file))) for file in package.files or [] if "__pycache__" not in str(file)]
    return sum(path.stat().st_size for path in paths if path.is_file())
