"""Prints what makes a shell complete commands, options and their values.

  imgferry completion bash > ~/.local/share/bash-completion/completions/imgferry
  imgferry completion zsh > "${fpath[1]}/_imgferry"
  imgferry completion fish > ~/.config/fish/completions/imgferry.fish
"""

from __future__ import annotations

import argparse

from ..error import Error
from .output import Output

SHELLS = ("bash", "zsh", "fish")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", choices=SHELLS, help="whose completion")


def run(options: argparse.Namespace, output: Output) -> int:
    try:
        import shtab
    except ImportError:
        raise Error(
            "completions are made by shtab, which is not installed",
            code="completion",
            hint="pip install 'imgferry[cli]'",
            hint_zh="请执行 pip install 'imgferry[cli]'",
        ) from None
    from .commands import parser

    whole = parser([], whole=True)
    files = shtab.FILE
    for action in every_action(whole):
        if action.metavar in ("PLAN", "FILE", "RUN"):
            action.complete = files  # type: ignore[attr-defined]
    print(shtab.complete(whole, shell=options.shell))
    return 0


def every_action(parser: argparse.ArgumentParser) -> "list[argparse.Action]":
    """The options and arguments of a parser and of its commands."""
    found = list(parser._actions)
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            found += [inner for command in action.choices.values() for inner in every_action(command)]
    return found
