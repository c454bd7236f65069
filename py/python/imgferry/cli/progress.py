"""Progress on stderr: on a terminal a view of what goes on, otherwise a line a minute; what nobody expects, at once."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, Any, Callable, List, Optional, Sequence, Set, Tuple

from .. import log
from .lanes import Lanes, clock
from .output import LINES, Output, compact, reason

if TYPE_CHECKING:
    from ..types import Event, Row

#: What concerns a whole cloud is told once, the first time, with its error; a terminal's view shows the others.
NEWS = ("skew", "credentials", "warning", "throttled", "source_pending")
FAILURES = ("failed", "conflict", "stale", "ambiguous")
#: Seconds between two lines about all, and between two drawings of a view that changes or only counts the time.
LINE_S, DRAW_S, IDLE_S = 60.0, 0.25, 1.0
#: Share of the time that drawing may take.
SHARE = 0.05


class Progress:
    """Shows how the destinations of a job stand. ``details`` gives the rows of some of them."""

    def __init__(self, rows: List[Row], details: Callable[[List[int]], List[Row]], output: Output, began_ms: Optional[int] = None) -> None:
        self.output = output
        self.lanes = Lanes(rows)
        self.told: Set[Tuple[str, str, str]] = set()
        self.began_ms = began_ms if began_ms is not None else time.time() * 1000
        self.next_line = time.monotonic() + LINE_S
        self.next_draw = 0.0
        self.changed = True
        self.view = view(self.lanes, details, output, self.began_ms)

    def __enter__(self) -> Progress:
        if self.view:
            self.view.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.view:
            self.view.stop()

    def show(self, events: Sequence[Event]) -> None:
        """Takes what happened."""
        for event in events:
            self.lanes.hear(event)
        self.changed = True
        if self.output.form != "text":
            # At one stroke: a line at a time took longer than all else that is done with an event.
            self.output.aside("\n".join(map(compact, events)))
        # With -v every event is told by the log.
        elif self.output.verbosity == 0:
            news = NEWS if self.view else NEWS + FAILURES
            for event in events:
                if event["event"] in news:
                    self.tell_once(event)

    def see(self, rows: List[Row], now_ms: int) -> None:
        """Takes a report."""
        self.lanes.see(rows, now_ms)
        self.changed = True

    def tell_once(self, event: Event) -> None:
        kind = event["event"], event["cloud"], event["error"]["code"] if "error" in event else ""
        if kind not in self.told and len(self.told) < LINES:
            self.told.add(kind)
            self.output.aside(stamped(in_chinese(event, self.output) if self.output.zh and "error" in event else log.line(event), bool(self.view)))

    def tick(self) -> None:
        """Shows what is due, and nothing more often than anybody can see."""
        now = time.monotonic()
        if self.view and now >= self.next_draw:
            if self.changed or now >= self.next_draw - DRAW_S + IDLE_S:
                self.changed = False
                self.view.draw()
                self.next_draw = now + max(DRAW_S, (time.monotonic() - now) / SHARE)
        elif not self.view and self.output.form == "text" and now >= self.next_line:
            self.next_line = now + LINE_S
            self.output.aside(stamped(self.standing(), False))

    def standing(self) -> str:
        """How all destinations stand, in one line."""
        lanes, output, now_ms = self.lanes, self.output, time.time() * 1000
        elapsed = now_ms - self.began_ms
        left = lanes.left_ms(elapsed, int(now_ms))
        ended, number = f"{lanes.ended():,}", f"{len(lanes):,}"
        words = [output.pick(f"{ended} of {number} over", f"已结束 {ended} / {number}") + f"{output.colon}{lanes.standing(lanes.clouds, output)}"]
        words.append(output.pick(f"{clock(elapsed)} so far", f"已用 {clock(elapsed)}"))
        if left is not None:
            words.append(output.pick(f"about {clock(left)} to go", f"约剩 {clock(left)}"))
        return "; ".join(words)


def in_chinese(event: Event, output: Output) -> str:
    """An event that tells of an error, in one line."""
    from . import chinese

    kind, error = event["event"], event["error"]
    wait = f"，最多再等 {event['wait_ms'] // 1000} 秒" if kind == "credentials" and "wait_ms" in event else ""
    words = [event["cloud"], event["region"], chinese.EVENTS.get(kind) or output.word(kind)]
    return f"{' '.join(filter(None, words))}：{reason(event['cloud'], error['code'], error['message'])[1]}{wait}"


def stamped(text: str, is_seen: bool) -> str:
    """A line with its time: the hour for who looks on, the whole for whoever reads a log."""
    return f"{time.strftime('%H:%M:%S' if is_seen else '%Y-%m-%dT%H:%M:%S%z')} {text}"


def view(lanes: Lanes, details: Callable[[List[int]], List[Row]], output: Output, began_ms: float) -> Optional[Any]:
    """A view, where stderr is a terminal that can show one and rich is installed."""
    if output.form != "text" or output.verbosity < 0 or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        return None
    try:
        from .view import View
    except ImportError:
        return None
    return View(lanes, details, output, began_ms)
