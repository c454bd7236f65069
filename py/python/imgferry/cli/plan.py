"""Tells what is in the destinations already. Nothing is launched and nothing is changed.

  imgferry plan golden.yaml

  present   a copy of this image has the name: `imgferry copy` will skip it
  missing   nothing of that name: `imgferry copy` will launch it
  stale     an image made from an older source has the name
  conflict  another image has the name
  extra     a copy of this image under a name that the plan does not ask for, where the cloud records origins

Exit code 0 when nothing is in the way of `imgferry copy`, 3 or 4 when something is.
"""

from __future__ import annotations

import argparse

from .. import Job
from . import copy, plans
from .output import Output

HELP = "tell what is there already: present, missing, stale, in conflict, extra"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    plans.add_arguments(parser, destinations=True)
    parser.add_argument("--seed", type=int, help="decides all chances, such as jitter (default: a new one)")


def run(options: argparse.Namespace, output: Output) -> int:
    from .execute import begin, carry

    return carry(Job.survey(plans.read(options, copy.KIND), **begin(options.seed)), output)["exit_code"]
