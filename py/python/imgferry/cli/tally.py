"""How often a run called which operation, kept beside its journal for `imgferry report --html`: a line a minute."""

from __future__ import annotations

import json
import os
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, List
from urllib.parse import parse_qs, urlsplit

from .. import Request, log

if TYPE_CHECKING:
    from ..types import Event, Outcome

#: Seconds between two lines: what is lost where a run is killed.
LINE_S = 60.0


def file(journal: Path) -> Path:
    """Where the calls of a run are kept."""
    return journal.with_name(journal.name + ".calls")


class Tally:
    """Counts calls on their way, and writes them down now and then. What cannot be written is left out."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.next_line = time.monotonic() + LINE_S
        #: By cloud and operation: calls, those without a good answer, milliseconds.
        self.counts: Dict[str, List[float]] = {}
        self.throttles: List[Dict[str, Any]] = []

    def count(self, request: Request, outcome: Outcome, seconds: float) -> None:
        """Takes a call and what came of it."""
        count = self.counts.setdefault(named(request), [0, 0, 0])
        count[0] += 1
        count[1] += isinstance(outcome[0], str) or outcome[0] >= 400
        count[2] += seconds * 1000
        if time.monotonic() > self.next_line:
            self.write()

    def hear(self, event: Event) -> None:
        """Takes an event: who asked to slow down, and when. The launches that this holds up are told besides, each with its lane."""
        if event["event"] == "throttled" and "lane" not in event:
            code = event["error"]["code"] if "error" in event else ""
            self.throttles.append({"t": event["at_ms"], "cloud": event["cloud"], "region": event["region"], "wait_ms": event.get("wait_ms"), "code": code})

    def write(self) -> None:
        """Writes down what has come since the last time."""
        self.next_line = time.monotonic() + LINE_S
        if not self.counts and not self.throttles:
            return
        line = json.dumps({"t": time.time_ns() // 1_000_000, "calls": self.counts, "throttled": self.throttles}, ensure_ascii=False)
        self.counts, self.throttles = {}, []
        try:
            # For the same eyes as the journal.
            with open(self.path, "a", encoding="utf-8", opener=lambda path, flags: os.open(path, flags, 0o600)) as opened:
                opened.write(line + "\n")
        except OSError as error:
            log.part("journal").debug("%s: %s", self.path, error)


def named(request: Request) -> str:
    """Cloud and operation of a request, as people call them; ids in a path are left out."""
    action = next((value for name, value in request.headers if name.lower() == "x-tc-action"), None)
    if action:
        return f"tencent {action}"
    parts = urlsplit(request.url)
    asked = parse_qs(parts.query).get("Action")
    if asked:
        return f"volcengine {asked[0]}"
    path = re.sub(r"/(?=[^/]*\d[^/]*\d)[\w-]{16,}", "/*", parts.path)
    return f"huawei {request.method} {path}"


def read(path: Path) -> "tuple[Dict[str, List[float]], List[Dict[str, Any]]]":
    """All that was counted, and every time that a cloud asked to slow down. A line that is damaged is left out."""
    counts: Dict[str, List[float]] = {}
    throttles: List[Dict[str, Any]] = []
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return counts, throttles
    for text in lines:
        try:
            line = json.loads(text)
            for name, (calls, failed, ms) in line["calls"].items():
                before = counts.setdefault(name, [0, 0, 0])
                before[:] = before[0] + calls, before[1] + failed, before[2] + ms
            throttles += [{**one, "t": int(one["t"])} for one in line["throttled"]]
        except (ValueError, KeyError, TypeError, AttributeError):
            continue
    return counts, throttles
