"""Tells how far a copy or export has come, from its journal. Nothing is sent and nothing is changed."""

from __future__ import annotations

import argparse

from .. import Job, runs
from ..drive import now_ms
from ..journal import read
from .output import Output


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("journal", metavar="FILE", help="the journal that --journal made, or a run that `imgferry list` shows")


def run(options: argparse.Namespace, output: Output) -> int:
    from .summary import show

    job, _ = Job.restore(read(runs.called(options.journal)), now_ms=now_ms())
    report = job.report()
    show(report, output)
    return report["exit_code"]
