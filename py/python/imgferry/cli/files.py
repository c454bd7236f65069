"""Plans and scenarios: JSON, or YAML with the cli extra."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, List, Tuple

from ..error import Error


def load(path: str) -> Dict[str, Any]:
    """The object in a file. Raises ``Error`` naming the line at fault."""
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise broken(path, f"is not UTF-8 at byte {error.start}") from None
    data = yaml(path, text) if path.endswith((".yaml", ".yml")) else parse(path, text)
    if not isinstance(data, dict):
        raise broken(path, "must hold an object")
    return data


def parse(path: str, text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=once)
    except json.JSONDecodeError as error:
        raise broken(path, f"is not JSON: {error.msg} in line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise broken(path, "is nested too deeply") from None
    except ValueError as error:
        raise broken(path, f"cannot be read: {error}") from None


def once(pairs: List[Tuple[str, Any]]) -> Dict[str, Any]:
    """An object whose keys differ: of two with one name, one would be lost without a word."""
    found: Dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key!r} is there twice")
        found[key] = value
    return found


def yaml(path: str, text: str) -> Any:
    try:
        import yaml as pyyaml
    except ImportError:
        raise Error(
            f"{path} is YAML, which needs the cli extra",
            code="extra",
            hint="pip install 'imgferry[cli]', or write the file as JSON",
            hint_zh="请执行 pip install 'imgferry[cli]',或改用 JSON 文件",
        ) from None

    class Loader(pyyaml.SafeLoader):
        def construct_mapping(self, node: Any, deep: bool = False) -> Dict[Any, Any]:
            # Before merged keys come in: those may be overridden.
            once([(key.value, None) for key, _ in node.value if isinstance(key, pyyaml.ScalarNode) and key.value != "<<"])
            return dict(super().construct_mapping(node, deep))

    try:
        return pyyaml.load(text, Loader)
    except pyyaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f" in line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise broken(path, f"is not YAML: {error.problem or error.context}{where}") from None
    except ValueError as error:
        raise broken(path, f"cannot be read: {error}") from None
    except (pyyaml.YAMLError, RecursionError) as error:
        raise broken(path, f"is not YAML: {type(error).__name__}") from None


def broken(path: str, why: str) -> Error:
    return Error(f"{path} {why}", code="file", hint="correct the file", hint_zh="请修正该文件")
