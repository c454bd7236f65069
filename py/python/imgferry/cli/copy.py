"""Copies images to other regions: launched exactly once, followed to the end.

  imgferry copy golden.yaml
  imgferry copy --cloud tencent --image img-12345678 --from ap-guangzhou --to ap-shanghai,ap-singapore --name golden-{date}

Progress goes to stderr, the report to stdout. A journal is kept by itself, so a copy survives anything: the same command
again goes on with it, or starts the next once it is over. `imgferry list` shows them. What is there already is skipped,
and nothing is ever overwritten.
"""

from __future__ import annotations

import argparse

from .. import Job, runs
from ..journal import Journal
from . import endpoints, plans, profiles
from .output import Output

KIND = "copies"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    plans.add_arguments(parser, destinations=True)
    add_run_arguments(parser)


def add_run_arguments(parser: argparse.ArgumentParser) -> None:
    kept = parser.add_mutually_exclusive_group()
    kept.add_argument("--journal", metavar="FILE", help="a new file to keep the journal in; `imgferry resume FILE` goes on with it")
    kept.add_argument("--no-journal", action="store_true", help="keep none: what is cut off is not gone on with")
    parser.add_argument("--record", action="store_true", help="keep every request and answer beside the journal, without secrets, for `imgferry bundle`")
    profiles.add_arguments(parser)
    parser.add_argument("--seed", type=int, help="decides all chances, such as jitter (default: a new one)")


def run(options: argparse.Namespace, output: Output, kind: str = KIND) -> int:
    from .execute import begin, carry

    plan = plans.read(options, kind)
    plans.warn(plan, output)
    if options.no_journal:
        return carry(Job(plan, **begin(options.seed)), output, options=options)
    if options.journal is not None:
        job = Job(plan, **begin(options.seed))
        with Journal(options.journal) as journal:
            return carry(job, output, journal=journal, options=options)
    while True:
        run = runs.begin(plan, seed=begin(options.seed)["seed"], trusted_hosts=endpoints.trusted(options))
        if run.earlier:
            output.aside(output.pick(f"going on with {run.name}, which is not over", f"继续尚未结束的 {run.name}"))
        with run.journal as journal:
            code = carry(run.job, output, journal=journal, options=options)
        if not run.earlier or not runs.is_to_be_followed(run.name, plan, code):
            return code
