"""Follows a run that another process is at work on, until it ends. Nothing is sent and nothing is changed.

  imgferry watch 2026-11-28-0123456789ab
  imgferry watch golden.journal
"""

from __future__ import annotations

import argparse
import os
import shlex
import time
from pathlib import Path
from typing import TYPE_CHECKING, List, Optional, Tuple

from .. import Job, runs
from ..drive import now_ms
from ..journal import is_held, read
from .output import Output

if TYPE_CHECKING:
    from ..types import Report, Row

#: Seconds between two looks at the journal, and how many times longer than the last look took: a long one is read seldom.
LOOK_S, REST = 1.0, 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="RUN", help="a run that `imgferry list` shows, or a journal")


def run(options: argparse.Namespace, output: Output) -> int:
    from .progress import DRAW_S, Progress
    from .summary import show

    watched = Watched(runs.called(options.name))
    if watched.is_at_work():
        with Progress(watched.report["rows"], watched.rows, output, watched.began_ms()) as progress:
            while watched.is_at_work():
                if watched.look():
                    progress.see(watched.report["rows"], now_ms())
                progress.tick()
                time.sleep(DRAW_S)
    report = watched.report
    show(report, output)
    if report["exit_code"] == runs.UNFINISHED:
        command = shlex.join(["imgferry", "resume", options.name])
        output.note(output.pick(f"nobody is at work on it; go on with: {command}", f"当前无进程在处理；继续执行：{command}"))
    return report["exit_code"]


class Watched:
    """A journal that grows, and its report."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.read: Optional[Tuple[int, int, int]] = None
        self.next_look = 0.0
        self.report: Report
        self.held = is_held(path)
        self.look()

    def is_at_work(self) -> bool:
        """Whether somebody is at work on it, by the last look."""
        return self.held and self.report["exit_code"] == runs.UNFINISHED

    def look(self) -> bool:
        """Reads the journal where it is time and it has changed."""
        began = time.monotonic()
        if began < self.next_look:
            return False
        # In this order: what ends between the two is seen at the next look.
        self.held = is_held(self.path)
        stands = os.stat(self.path)
        now = stands.st_ino, stands.st_size, stands.st_mtime_ns
        if has_changed := now != self.read:
            self.read = now
            self.report = Job.wake(read(self.path), now_ms=now_ms())[0].report()
        self.next_look = time.monotonic() + max(LOOK_S, (time.monotonic() - began) * REST)
        return has_changed

    def rows(self, lanes: List[int]) -> List[Row]:
        """The rows of some destinations."""
        return [self.report["rows"][lane] for lane in lanes]

    def began_ms(self) -> Optional[int]:
        """When its first launch left, as far as the journal tells."""
        return min((row["launched_ms"] for row in self.report["rows"] if row["launched_ms"]), default=None)
