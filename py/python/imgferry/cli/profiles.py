"""Which profile of the vendors' own files the keys are taken from: ``--profile``."""

from __future__ import annotations

import argparse
from typing import Dict, Iterable, Sequence

from ..credentials import ENVIRONMENT
from ..error import Error


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--profile",
        action="append",
        default=[],
        metavar="[CLOUD=]NAME",
        help="take the keys of this profile of the vendors' own tools (tccli, ve, hcloud) and SDKs, not those of the environment; repeatable",
    )


def chosen(given: Sequence[str], clouds: Iterable[str]) -> Dict[str, str]:
    """The profile of each cloud that one is named for. ``clouds`` are those whose keys are wanted."""
    wanted = set(clouds)
    of_all: Dict[str, str] = {}
    of_one: Dict[str, str] = {}
    for text in given:
        cloud, _, name = text.partition("=")
        if cloud not in ENVIRONMENT:
            cloud, name = "", text
        if not name:
            raise Error(f"--profile {text!r} has no name", code="profile", hint="write it like --profile work", hint_zh="写法如 --profile work")
        if cloud and cloud not in wanted:
            raise Error(
                f"--profile {text} would change nothing: there is nothing for {cloud}",
                code="usage",
                hint=f"leave --profile {text} out",
                hint_zh=f"请去掉 --profile {text}",
            )
        if cloud:
            of_one[cloud] = name
        else:
            of_all = dict.fromkeys(wanted, name)
    return {**of_all, **of_one}
