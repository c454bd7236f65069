"""Tells what became of every destination, from a journal: what went wrong once for all it concerns, the table last.

  imgferry report 2026-11-28-0123456789ab --html report.html

The page needs nothing else: a line of time for every destination, calls, throttles, request ids. Nothing is sent and
nothing is changed.
"""

from __future__ import annotations

import argparse
import sys

from .. import Job, runs
from ..drive import now_ms
from ..journal import read
from .output import Output
from .page import page
from .summary import show


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("journal", metavar="RUN", help="a run that `imgferry list` shows, or a journal")
    parser.add_argument("--html", metavar="FILE", help="write a page there instead; - is standard output")


def run(options: argparse.Namespace, output: Output) -> int:
    path = runs.called(options.journal)
    journal = read(path)
    job, kept = Job.wake(journal, now_ms=now_ms())
    report = job.report()
    if options.html is None:
        show(report, output)
        return report["exit_code"]
    text = page(runs.word(path), report, journal.encode()[:kept].decode(), path, output)
    if options.html == "-":
        sys.stdout.buffer.write(text.encode())
    else:
        with open(options.html, "w", encoding="utf-8") as opened:
            opened.write(text)
    return report["exit_code"]
