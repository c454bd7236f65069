"""What the user sees: text, JSON or JSON lines on stdout; errors on stderr; English or Chinese."""

from __future__ import annotations

import json
import os
import sys
import unicodedata
from dataclasses import dataclass
from typing import Any, Iterable, List, Optional, Sequence

from ..error import Error


@dataclass(frozen=True)
class Output:
    """Form and language of everything that is printed."""

    form: str = "text"
    lang: Optional[str] = None

    @staticmethod
    def guess(arguments: Sequence[str]) -> Output:
        """What the arguments ask for, as far as it can be told before they are known to be right."""

        def last(option: str, known: Sequence[str]) -> Optional[str]:
            given = [value for name, value in zip(arguments, arguments[1:]) if name == option]
            given += [text.partition("=")[2] for text in arguments if text.startswith(f"{option}=")]
            return next((value for value in reversed(given) if value in known), None)

        return Output(last("--output", ("text", "json", "jsonl")) or "text", last("--lang", ("en", "zh")))

    @property
    def zh(self) -> bool:
        """Whether messages are in Chinese."""
        locale = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
        return (self.lang or locale[:2].lower()) == "zh"

    def pick(self, en: str, zh: str) -> str:
        """One of two texts, by language; the English one where there is no Chinese one."""
        return zh if self.zh and zh else en

    def result(self, data: Any, text: str) -> None:
        """Prints a result: ``data`` for programs, ``text`` for people."""
        if self.form == "text":
            print(text)
        elif self.form == "jsonl" and isinstance(data, list):
            for row in data:
                print(compact(row))
        else:
            print(compact(data) if self.form == "jsonl" else json.dumps(data, ensure_ascii=False, indent=2, default=list))

    def table(self, data: List[Any], headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Prints a list: ``data`` for programs, headings and rows for people."""
        self.result(data, aligned([headings, *rows]))

    def error(self, error: Error) -> None:
        """Prints an error on stderr."""
        if self.form != "text":
            return self.note(compact({"error": error.as_dict()}))
        self.note(f"{self.pick('error', '错误')}: {error.message}")
        wrong = [problem for problem in error.problems if problem["severity"] == "error"]
        for problem in wrong if len(wrong) > 1 else []:
            self.note(f"  {self.problem(problem)}")
        if error.request_id:
            self.note(f"  {self.pick('request id', '请求 ID')}: {error.request_id}")
        if error.hint:
            self.note(f"  {self.pick('fix', '处理')}: {self.pick(error.hint, error.hint_zh)}")

    def problem(self, problem: Any) -> str:
        """A finding in one line."""
        severity = self.pick(problem["severity"], {"error": "错误", "warning": "警告", "note": "提示"}[problem["severity"]])
        return f"{severity}: {problem['path']}: {self.pick(problem['message'], problem['message_zh'])} [{problem['rule']}]"

    def note(self, text: str) -> None:
        """Prints a line on stderr, where progress goes too."""
        print(text, file=sys.stderr, flush=True)


def compact(data: Any) -> str:
    """One line of JSON."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), default=list)


def aligned(rows: Sequence[Sequence[object]]) -> str:
    """Columns of text, as wide as their widest cell."""
    table = [["" if cell is None else str(cell) for cell in row] for row in rows]
    widths = [max(map(width, column)) for column in zip(*table)]
    return "\n".join("  ".join(cell + " " * (size - width(cell)) for cell, size in zip(row, widths)).rstrip() for row in table)


def width(text: str) -> int:
    """Columns that a text takes on a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
