"""Tells what is in the destinations already. Nothing is launched and nothing is changed.

  imgferry plan golden.yaml

  present   a copy of this image has the name: `imgferry copy` will skip it
  missing   nothing of that name: `imgferry copy` will launch it
  stale     an image made from an older source has the name
  conflict  another image has the name
  extra     a copy of this image under a name that the plan does not ask for, where the cloud records origins

A source that is still being made is told with its state: `imgferry copy` waits for it.

Exit code 0 when nothing is in the way of `imgferry copy`, 3 or 4 when something is. With --detailed-exitcode as
`terraform plan` has it: 0 when everything is there, 2 when copies are missing, 1 when something is in the way or not
all could be told.
"""

from __future__ import annotations

import argparse

from .. import Job
from . import INTERRUPTED, copy, plans, profiles
from .output import Output

#: What `terraform plan -detailed-exitcode` says of trouble and of something to do.
TROUBLE, MISSING = 1, 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    plans.add_arguments(parser, destinations=True)
    profiles.add_arguments(parser)
    parser.add_argument("--seed", type=int, help="decides all chances, such as jitter (default: a new one)")
    parser.add_argument("--detailed-exitcode", action="store_true", help="0: everything is there; 2: copies are missing; 1: something is in the way")


def run(options: argparse.Namespace, output: Output) -> int:
    from .execute import begin, carry

    job = Job.survey(plans.read(options, copy.KIND), **begin(options.seed))
    code = carry(job, output, options=options)
    if not options.detailed_exitcode or code == INTERRUPTED:
        return code
    if code:
        return TROUBLE
    return MISSING if "missing" in job.report()["counts"] else 0
