"""What the user sees: text, JSON or JSON lines on stdout; errors on stderr; English or Chinese."""

from __future__ import annotations

import os
import re
import sys

from . import streams

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Hashable, Iterable, List, Optional, Sequence, Tuple, TypeVar

    from ..error import Error

    T = TypeVar("T")

#: More lines of one sort than this nobody reads: they are told by their kinds.
LINES = 30
#: Longest message or id that is shown, in characters.
LONGEST = 2048
#: What a terminal obeys instead of showing, and marks that turn the direction of what follows.
CONTROL = "[\x00-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"


class Output:
    """Form and language of everything that is printed."""

    def __init__(self, form: str = "text", lang: Optional[str] = None, verbosity: int = 0) -> None:
        self.form = form
        self.lang = lang
        #: -1: only results and errors; 1: a line an event; 2: a line a call too.
        self.verbosity = verbosity

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

    @property
    def colon(self) -> str:
        """What stands between a word and what is said of it."""
        return "：" if self.zh else ": "

    def word(self, word: str) -> str:
        """A word of a closed set as people are told it."""
        if not self.zh:
            from ..states import IN_WORDS

            return IN_WORDS.get(word, word)
        from . import chinese

        return chinese.WORDS.get(word, word)

    def result(self, data: Any, text: str) -> None:
        """Prints a result: ``data`` for programs, ``text`` for people. Raises ``OSError`` where it cannot be written."""
        if self.form == "text":
            print(shown(text))
        elif self.form == "jsonl" and isinstance(data, list):
            for row in data:
                print(compact(row))
        else:
            print(compact(data) if self.form == "jsonl" else dumped(data, indent=2))
        sys.stdout.flush()

    def table(self, data: List[Any], headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Prints a list: ``data`` for programs, headings and rows for people."""
        self.result(data, aligned([headings, *rows]))

    def error(self, error: Error) -> None:
        """Prints an error on stderr."""
        if self.form != "text":
            return self.note(compact({"error": short(error.as_dict())}))
        wrong = [problem for problem in error.problems if problem["severity"] == "error"]
        # Its message is English, and tells the first finding.
        said = plain(error.message)
        if self.zh and not re.search("[\u4e00-\u9fff]", said):
            said = plain(wrong[0]["message_zh"]) if wrong and wrong[0]["message_zh"] else f"{self.word(error.kind)}：“{said}”"
        self.note(f"{self.word('error')}{self.colon}{said}")
        for line in self.problems(wrong) if len(wrong) > 1 else []:
            self.note(f"  {line}")
        if error.request_id:
            self.note(f"  {self.pick('request id', '请求 ID')}{self.colon}{plain(error.request_id)}")
        if error.hint:
            hint = plain(self.pick(error.hint, error.hint_zh))
            # Whoever shows the next step alone finds the first finding in it; here it stands above.
            hint = hint[len(said) + 1 :] if hint.startswith(f"{said}；") else hint
            self.note(f"  {self.pick('fix', '处理')}{self.colon}{hint}")

    def problems(self, problems: Sequence[Any]) -> List[str]:
        """A line for every finding; equal ones are told once, with their number and the first place."""
        groups = alike(problems, lambda problem: (problem["severity"], problem["rule"], problem["message"]), lambda problem: problem["rule"])
        return [self.problem(group) for group in groups]

    def problem(self, group: Sequence[Any]) -> str:
        """Equal findings in one line."""
        problem = group[0]
        severity = self.word(problem["severity"])
        message = plain(self.pick(problem["message"], problem["message_zh"]))
        return f"{severity}{self.colon}{plain(problem['path'])}{self.others(group)}{self.colon}{message} [{problem['rule']}]"

    def others(self, group: Sequence[object]) -> str:
        """How many more there are of what is told once."""
        if len(group) == 1:
            return ""
        return self.pick(f" and {len(group) - 1:,} more", f" 等 {len(group):,} 处")

    def note(self, text: str) -> None:
        """Prints a line on stderr, where progress goes too. Never fails."""
        print(shown(text), file=sys.stderr, flush=True)

    def aside(self, text: str) -> None:
        """The same of what -q leaves out."""
        if self.verbosity >= 0:
            self.note(text)


def reason(cloud: str, code: str, message: str) -> Tuple[str, str]:
    """What went wrong as the cloud said it; in Chinese with what its code means before."""
    from .. import explain
    from ..error import Error

    try:
        cause = explain(cloud, code, message=message)["cause_zh"]
    except Error:
        # Whoever wrote the journal knows more clouds.
        cause = "云平台的答复"
    code, message = plain(code), plain(message)
    return f"{code}: {message}", f"{cause}（{code}：“{message}”）"


def alike(items: Sequence[T], *keys: Callable[[T], Hashable]) -> List[List[T]]:
    """Groups of equal items in the order of their first ones; by the first key that makes few groups, or by the last."""
    groups: Dict[Hashable, List[T]] = {}
    for key in keys:
        groups = {}
        for item in items:
            groups.setdefault(key(item), []).append(item)
        if len(groups) <= LINES:
            break
    return list(groups.values())


def compact(data: Any) -> str:
    """One line of JSON."""
    return dumped(data, separators=(",", ":"))


def dumped(data: Any, **form: Any) -> str:
    """JSON that any console can show and no terminal obeys: both by escapes that JSON has."""
    import json

    text = json.dumps(data, ensure_ascii=False, default=list, **form)
    if not streams.takes(sys.stdout, text):
        text = json.dumps(data, default=list, **form)
    return re.sub("[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]", lambda found: f"\\u{ord(found[0]):04x}", text)


def shown(text: str) -> str:
    """Text of several lines in which nothing is left that a terminal obeys."""
    return "\n".join(map(escaped, text.split("\n")))


def plain(text: object) -> str:
    """What others have written, as part of a line: on that line, harmless, and of bearable length."""
    return escaped(cut(str(text)))


def cut(text: str) -> str:
    """A text of bearable length: where it is longer, its beginning and how long it is."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}… ({len(text):,} characters)"


def short(data: Any) -> Any:
    """The same for every text in JSON."""
    if isinstance(data, dict):
        return {name: short(value) for name, value in data.items()}
    if isinstance(data, list):
        return list(map(short, data))
    return cut(data) if isinstance(data, str) else data


def escaped(text: str) -> str:
    """Text with its control characters and direction marks as escapes."""
    return re.sub(CONTROL, lambda found: ascii(found[0])[1:-1], text)


def aligned(rows: Sequence[Sequence[object]]) -> str:
    """Columns of text, as wide as their widest cell."""
    table = [["" if cell is None else plain(cell) for cell in row] for row in rows]
    widths = [max(map(width, column)) for column in zip(*table)]
    return "\n".join("  ".join(cell + " " * (size - width(cell)) for cell, size in zip(row, widths)).rstrip() for row in table)


def width(text: str) -> int:
    """Columns that a text takes on a terminal: Chinese characters take two."""
    if text.isascii():
        return len(text)
    import unicodedata

    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
