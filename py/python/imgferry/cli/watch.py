"""Follows a run that another process is at work on, until it ends. Nothing is sent and nothing is changed.

  imgferry watch 2026-11-28-0123456789ab
  imgferry watch golden.journal
"""

from __future__ import annotations

import argparse
import shlex
import time

from .. import Job, runs
from ..drive import now_ms
from ..journal import is_held, read
from .output import Output

HELP = "follow a run until it ends"
#: Seconds between two looks at the journal.
LOOK_S = 1.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="RUN", help="a run that `imgferry list` shows, or a journal")


def run(options: argparse.Namespace, output: Output) -> int:
    from .report import show, total

    path, said = runs.called(options.name), ""
    while True:
        # In this order: what ends between the two is seen at the next look.
        held = is_held(path)
        report = Job.wake(read(path), now_ms=now_ms())[0].report()
        if not held or report["exit_code"] != runs.UNFINISHED:
            show(report, output)
            if report["exit_code"] == runs.UNFINISHED:
                command = shlex.join(["imgferry", "resume", options.name])
                output.note(output.pick(f"nobody is at work on it; go on with: {command}", f"当前无进程在处理；继续执行：{command}"))
            return report["exit_code"]
        line = total(report, output)
        if line != said:
            output.note(line)
            said = line
        time.sleep(LOOK_S)
