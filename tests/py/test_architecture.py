"""The package's modules import in one direction: none leads back to itself, not even for the sake of its types."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Dict, Iterator

import imgferry

PACKAGE = Path(imgferry.__file__).parent


def modules() -> Dict[str, Path]:
    """The package's modules by their names."""
    names = {path.relative_to(PACKAGE.parent).with_suffix("").as_posix().replace("/", "."): path for path in PACKAGE.rglob("*.py")}
    return {name.removesuffix(".__init__"): path for name, path in names.items()}


def imported(name: str, path: Path, known: Dict[str, Path]) -> Iterator[str]:
    """What a module imports of the package, at its head or anywhere below."""
    around = name.split(".")[: None if path.name == "__init__.py" else -1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.ImportFrom):
            continue
        base = [*around[: len(around) + 1 - node.level], *(node.module or "").split(".")] if node.level else (node.module or "").split(".")
        of = ".".join(filter(None, base))
        for alias in node.names:
            found = f"{of}.{alias.name}" if f"{of}.{alias.name}" in known else of
            if found in known and found != name:
                yield found


def test_no_circle_of_imports() -> None:
    known = modules()
    graph = {name: set(imported(name, path, known)) for name, path in known.items()}
    assert graph["imgferry.cli.yaml"] == {"imgferry.cli.json", "imgferry.error", "imgferry.types"}
    # Raises CycleError, which names the circle.
    order = [*TopologicalSorter(graph).static_order()]
    assert order.index("imgferry.types") < order.index("imgferry.drive") < order.index("imgferry.cli.copy")
