"""Copies images to other regions: launched exactly once, followed to the end.

  imgferry copy golden.yaml --journal golden.journal
  imgferry copy --cloud tencent --image img-12345678 --from ap-guangzhou --to ap-shanghai,ap-singapore --name golden-{date}

Progress goes to stderr, the report to stdout. With --journal the copy survives anything: go on with `imgferry resume`.
What is there already is skipped, and nothing is ever overwritten.
"""

from __future__ import annotations

import argparse

from .. import Job
from ..journal import Journal
from . import plans, profiles
from .output import Output

HELP = "copy images to other regions"
KIND = "copies"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    plans.add_arguments(parser, destinations=True)
    add_run_arguments(parser)


def add_run_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--journal", metavar="FILE", help="a new file to keep the journal in; `imgferry resume FILE` goes on with it")
    profiles.add_arguments(parser)
    parser.add_argument("--seed", type=int, help="decides all chances, such as jitter (default: a new one)")


def run(options: argparse.Namespace, output: Output, kind: str = KIND) -> int:
    from .execute import begin, carry

    plan = plans.read(options, kind)
    plans.warn(plan, output)
    job = Job(plan, **begin(options.seed))
    if options.journal is None:
        return carry(job, output, profile=options.profile)
    with Journal(options.journal) as journal:
        return carry(job, output, journal=journal, profile=options.profile)
