"""JSON lines in, JSON lines out: one answer a line, and a bad line never stops the others."""

from __future__ import annotations

import json
import sys
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple, Type

from ..error import Error
from .json import strict
from .output import compact

#: Longest line that is read, in bytes: more than twice the largest request that a cloud takes.
LONGEST = 32 * 1024 * 1024

WORDS: Dict[type, str] = {str: "a string", int: "a whole number", bool: "true or false", dict: "an object", list: "a list", float: "a number"}


def answer(respond: Callable[["Record"], Dict[str, Any]]) -> int:
    """Answers every line of stdin. An ``id`` on a line is repeated on its answer."""
    for raw in lines():
        if not raw.strip():
            continue
        reply: Dict[str, Any] = {}
        try:
            line = Record(parse(raw), "")
            if "id" in line.data:
                reply["id"] = line.data["id"]
            reply.update(respond(line))
        except Error as error:
            reply["error"] = error.as_dict()
        # Whoever asks line by line waits for this one.
        print(compact(reply), flush=True)
    return 0


def lines() -> Iterator[bytes]:
    """The lines of stdin; of one that is too long the beginning, which is longer than any that is taken."""
    stdin = sys.stdin.buffer
    while raw := stdin.readline(LONGEST + 1):
        rest = raw
        while len(rest) > LONGEST and not rest.endswith(b"\n"):
            rest = stdin.readline(LONGEST + 1)
        yield raw


def parse(raw: bytes) -> Dict[str, Any]:
    """One JSON object."""
    if len(raw) > LONGEST:
        raise invalid("line", f"is longer than {LONGEST:,} bytes")
    try:
        data = strict(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise invalid("line", f"is not UTF-8 at byte {error.start}") from None
    except RecursionError:
        raise invalid("line", "is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise invalid("line", f"is not JSON: {error.msg} at character {error.pos}") from None
    except ValueError as error:
        raise invalid("line", f"cannot be read: {error}") from None
    if not isinstance(data, dict):
        raise invalid("line", f"must be an object, not {word(data)}")
    return data


class Record:
    """A JSON object whose fields are asked for by name and type; what is wrong is named by its path."""

    def __init__(self, data: Dict[str, Any], path: str) -> None:
        self.data = data
        self.path = path

    def need(self, name: str, kind: Type[Any]) -> Any:
        """A field that must be there."""
        value = self.get(name, kind)
        if value is None:
            raise invalid(self.path + name, f"is required: give {WORDS[kind]}")
        return value

    def get(self, name: str, kind: Type[Any]) -> Any:
        """A field that may be absent or null."""
        value = self.data.get(name)
        # A bool is an int in Python, but not in JSON.
        if value is not None and (not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool)):
            raise invalid(self.path + name, f"must be {WORDS[kind]}, not {word(value)}")
        return value

    def record(self, name: str) -> Record:
        """An object that must be there."""
        return Record(self.need(name, dict), f"{self.path}{name}.")

    def only(self, *names: str) -> None:
        """Refuses fields that have no meaning here: most are slips of the pen."""
        for name in self.data:
            if name not in names:
                raise invalid(self.path + name, f"is unknown; known are {', '.join(names)}")

    def headers(self) -> Tuple[List[Tuple[str, str]], Callable[[List[Tuple[str, str]]], Any]]:
        """The field ``headers``, an object or a list of pairs, and how to write headers in the same form."""
        value = self.data.get("headers")
        if value is None or isinstance(value, dict):
            pairs = list((value or {}).items())
            form: Callable[[List[Tuple[str, str]]], Any] = dict
        elif isinstance(value, list):
            pairs = value
            form = lambda headers: [list(pair) for pair in headers]  # noqa: E731
        else:
            raise invalid("headers", f"must be an object or a list of pairs, not {word(value)}")
        for index, pair in enumerate(pairs):
            if not (isinstance(pair, (list, tuple)) and len(pair) == 2 and all(isinstance(text, str) for text in pair)):
                name = pair[0] if isinstance(pair, tuple) else index
                raise invalid(f"headers.{name}", "must have a string as its name and as its value")
        return [(name, text) for name, text in pairs], form


def word(value: Any) -> str:
    """What a JSON value is, in words; never the value, which may be a secret."""
    return "null" if value is None else WORDS[type(value)]


def invalid(field: str, why: str, zh: Optional[str] = None) -> Error:
    """A field that cannot be used."""
    return Error(f"{field} {why}", code=field, hint="correct this field", hint_zh=zh or f"请修正字段 {field}")
