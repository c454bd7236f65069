"""Progress on stderr: a bar for every destination on a terminal, otherwise a line for everything that happens; where
there are many destinations, a line now and then for all of them."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from typing import Any, Optional, Set, Tuple

from .. import Job
from ..types import Event
from .output import LINES, Output, compact, plain

#: More destinations than this are told together.
EACH = 30
ENDED = ("ready", "present", "failed", "conflict", "stale", "missing", "ambiguous", "cancelled", "unfinished")
#: What is told of many destinations once: the first time it happens anywhere, with its error.
NEWS = ("failed", "conflict", "stale", "ambiguous", "skew", "credentials", "warning", "throttled", "source_pending")


class Progress:
    """Shows events as they come."""

    def __init__(self, job: Job, output: Output) -> None:
        self.output = output
        self.rows = job.report()["rows"]
        self.together = len(self.rows) > EACH
        self.pace = Pace(len(self.rows))
        self.ended: Counter[str] = Counter()
        self.told: Set[Tuple[str, str, str]] = set()
        self.bars = bars(output)
        self.tasks = []
        if self.bars:
            names = ["all"] if self.together else [f"{row['cloud']} {row['to']}" for row in self.rows]
            self.tasks = [self.bars.add_task(plain(name), total=len(self.rows) if self.together else 100, state="") for name in names]

    def __enter__(self) -> Progress:
        if self.bars:
            self.bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.bars:
            self.bars.stop()

    def show(self, event: Event) -> None:
        """Shows one event."""
        if self.output.form != "text":
            self.output.note(compact(event))
        elif self.together:
            self.count(event)
        elif self.bars and "lane" in event:
            done = 100 if event["event"] in ("ready", "present") else event.get("percent")
            self.bars.update(self.tasks[event["lane"]], completed=done, state=event["event"])
        else:
            self.say(line(event))

    def count(self, event: Event) -> None:
        """Adds an event to what is told of all destinations together."""
        what = event["event"]
        kind = what, event["cloud"], event["error"]["code"] if "error" in event else ""
        if what in NEWS and kind not in self.told and len(self.told) < LINES:
            self.told.add(kind)
            self.say(line(event))
        if what in ENDED and "lane" in event:
            self.ended[what] += 1
            if self.bars:
                self.bars.update(self.tasks[0], completed=sum(self.ended.values()), state=self.standing())
        if not self.bars and self.pace.is_due(sum(self.ended.values())):
            self.output.note(self.standing())

    def standing(self) -> str:
        """How many destinations have ended, and how."""
        counts = ", ".join(f"{count:,} {state}" for state, count in self.ended.most_common())
        number, of = f"{sum(self.ended.values()):,}", f"{len(self.rows):,}"
        return self.output.pick(f"{number} of {of} ended", f"已结束 {number} / {of}") + (f": {counts}" if counts else "")

    def say(self, text: str) -> None:
        """Prints a line, above the bars where there are any."""
        if self.bars:
            self.bars.console.print(text, markup=False, emoji=False, highlight=False, soft_wrap=True)
        else:
            self.output.note(text)


class Pace:
    """Says when a line about all is due: at every twentieth of the way, and seldom enough between for dozens of lines in all."""

    FIRST_S = 30.0

    def __init__(self, number: int) -> None:
        self.step = max(number // 20, 1)
        self.next_count = self.step
        self.began = time.monotonic()
        self.next_time = self.began + self.FIRST_S

    def is_due(self, count: int) -> bool:
        now = time.monotonic()
        if count < self.next_count and now < self.next_time:
            return False
        self.next_count = count - count % self.step + self.step
        self.next_time = now + max(self.FIRST_S, (now - self.began) / 4)
        return True


def bars(output: Output) -> Optional[Any]:
    """Bars, where stderr is a terminal that can show them and rich is installed."""
    if output.form != "text" or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        return None
    try:
        from rich.console import Console
        from rich.progress import BarColumn, Progress as Bars, TextColumn
    except ImportError:
        return None
    texts = (TextColumn(text, markup=False) for text in ("{task.description}", "{task.percentage:>3.0f}%", "{task.fields[state]}"))
    name, percentage, state = texts
    return Bars(name, BarColumn(24), percentage, state, console=Console(stderr=True))


def line(event: Event) -> str:
    """One event in one line."""
    words = [event["cloud"], plain(event["region"]), event["event"]]
    if "percent" in event and event["event"] == "progress":
        words.append(f"{event['percent']}%")
    if "eta_ms" in event:
        words.append("eta {}-{} s".format(*(ms // 1000 for ms in event["eta_ms"])))
    if "image_id" in event:
        words.append(plain(event["image_id"]))
    if "error" in event:
        words.append(f"{plain(event['error']['code'])}: {plain(event['error']['message'])}")
    if event["event"] == "credentials" and "wait_ms" in event:
        words.append(f"(another key is waited for, {event['wait_ms'] // 1000} s at most)")
    return " ".join(words)
