"""Lists the regions known for a cloud.

A region that is not listed can be used all the same: the list is advice, never a wall.
"""

from __future__ import annotations

import argparse

from .. import regions
from .endpoints import CLOUDS_IN_WORDS
from .output import Output


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("cloud", metavar="CLOUD", help=CLOUDS_IN_WORDS)


def run(options: argparse.Namespace, output: Output) -> int:
    known = regions(options.cloud)
    output.table(
        list(known),
        (output.pick("ID", "地域"), output.pick("NAME", "名称"), output.pick("CLASS", "类别")),
        [(region["id"], output.pick(region["name"], region["name_zh"]), output.word(region["class"])) for region in known],
    )
    return 0
