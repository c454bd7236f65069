"""Plans and scenarios: JSON, or YAML with the cli extra."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, List, NoReturn, Tuple

from ..error import Error
from ..types import Problem


def load(path: str) -> Tuple[Dict[str, Any], List[Problem]]:
    """The object in a file, and what YAML reads otherwise than it looks. Raises ``Error`` naming the line at fault."""
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise broken(path, f"is not UTF-8 at byte {error.start}") from None
    findings: List[Problem] = []
    if path.endswith((".yaml", ".yml")):
        from .yaml import parse as parse_yaml

        data, findings = parse_yaml(path, text)
    else:
        data = parse(path, text)
    if not isinstance(data, dict):
        raise broken(path, "must hold an object")
    return data, findings


def parse(path: str, text: str) -> Any:
    """The value in a JSON text; ``path`` is what errors call it."""
    try:
        return strict(text)
    except json.JSONDecodeError as error:
        raise broken(path, f"is not JSON: {error.msg} in line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise broken(path, "is nested too deeply") from None
    except ValueError as error:
        raise broken(path, f"cannot be read: {error}") from None


def strict(text: str) -> Any:
    """JSON that every program reads alike: no key twice, no NaN, no number beyond all bounds. Raises ``ValueError``."""
    return json.loads(text, object_pairs_hook=once, parse_constant=refuse, parse_float=finite)


def once(pairs: List[Tuple[str, Any]]) -> Dict[str, Any]:
    """An object whose keys differ: of two with one name, one would be lost without a word."""
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"the key {next(key for key in keys if keys.count(key) > 1)!r} is there twice")
    return found


def refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def finite(text: str) -> float:
    """A number; what is too large for one would come back as Infinity, which is not JSON."""
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError(f"{text[:20]} is too large for a number")
    return number


def refusal(path: str, problems: List[Problem]) -> Error:
    """All findings about a file as one error."""
    wrong = [problem for problem in problems if problem["severity"] == "error"]
    first = wrong[0]
    more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
    return Error(
        f"{path}: {first['path']}: {first['message']}{more}",
        code=first["rule"],
        hint="correct the file; nothing was sent",
        hint_zh=f"{first['message_zh']}；请修正该文件，未发送任何请求",
        problems=problems,
    )


def broken(path: str, why: str) -> Error:
    return Error(f"{path} {why}", code="file", hint="correct the file", hint_zh="请修正该文件")
