"""Exports images to object storage of their own region.

  imgferry export --cloud tencent --image img-12345678 --from ap-guangzhou --name golden --param BucketName=images-1250000000
  imgferry export plan.yaml --journal export.journal

The vendor's own parameters name the bucket and the format; `imgferry check` says what is missing.
"""

from __future__ import annotations

import argparse

from . import copy, plans
from .output import Output


def add_arguments(parser: argparse.ArgumentParser) -> None:
    plans.add_arguments(parser, destinations=False)
    copy.add_run_arguments(parser)


def run(options: argparse.Namespace, output: Output) -> int:
    return copy.run(options, output, "exports")
