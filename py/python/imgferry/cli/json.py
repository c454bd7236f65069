"""JSON as commands take it: what programs would read differently is refused."""

from __future__ import annotations

import json
from typing import Any, Dict, List, NoReturn, Tuple

from ..error import Error


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


def broken(path: str, why: str) -> Error:
    return Error(f"{path} {why}", code="file", hint="correct the file", hint_zh="请修正该文件")
