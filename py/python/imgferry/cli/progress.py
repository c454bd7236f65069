"""Progress on stderr: a bar for every destination on a terminal, otherwise a line for everything that happens."""

from __future__ import annotations

import os
import sys
from typing import Any, Optional

from .. import Job
from ..types import Event
from .output import Output, compact

#: More destinations than this do not fit on a screen: they share one bar.
BARS = 30
ENDED = ("ready", "present", "failed", "conflict", "stale", "missing", "ambiguous", "cancelled", "unfinished")


class Progress:
    """Shows events as they come."""

    def __init__(self, job: Job, output: Output) -> None:
        self.output = output
        self.rows = job.report()["rows"]
        self.bars = bars(output)
        self.tasks = []
        if self.bars:
            shared = len(self.rows) > BARS
            names = ["all"] if shared else [f"{row['cloud']} {row['to']}" for row in self.rows]
            self.tasks = [self.bars.add_task(name, total=len(self.rows) if shared else 100, state="") for name in names]

    def __enter__(self) -> Progress:
        if self.bars:
            self.bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.bars:
            self.bars.stop()

    def show(self, event: Event) -> None:
        """Shows one event."""
        if not self.bars:
            self.output.note(line(event) if self.output.form == "text" else compact(event))
        elif len(self.rows) > BARS:
            if event["event"] in ENDED:
                self.bars.advance(self.tasks[0])
        elif "lane" in event:
            done = 100 if event["event"] in ("ready", "present") else event.get("percent")
            self.bars.update(self.tasks[event["lane"]], completed=done, state=event["event"])
        else:
            self.bars.console.print(line(event))


def bars(output: Output) -> Optional[Any]:
    """Bars, where stderr is a terminal that can show them and rich is installed."""
    if output.form != "text" or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        return None
    try:
        from rich.console import Console
        from rich.progress import BarColumn, Progress as Bars, TextColumn
    except ImportError:
        return None
    columns = "{task.description}", BarColumn(24), TextColumn("{task.percentage:>3.0f}%"), "{task.fields[state]}"
    return Bars(*columns, console=Console(stderr=True))


def line(event: Event) -> str:
    """One event in one line."""
    words = [event["cloud"], event["region"], event["event"]]
    if "percent" in event and event["event"] == "progress":
        words.append(f"{event['percent']}%")
    if "eta_ms" in event:
        words.append("eta {}-{} s".format(*(ms // 1000 for ms in event["eta_ms"])))
    if "image_id" in event:
        words.append(event["image_id"])
    if "error" in event:
        words.append(f"{event['error']['code']}: {event['error']['message']}")
    return " ".join(words)
