"""The command line: ``imgferry COMMAND``. Results on stdout, progress and errors on stderr.

Exit codes: 0 all ready, 3 some failed, 4 all failed, 5 plan, parameters or usage invalid (nothing was sent),
6 still running and resumable, 7 a launch is ambiguous and wants a person.
"""

from __future__ import annotations

import argparse
import importlib
import os
import re
import sys
from typing import Any, NoReturn, Optional, Sequence

from ..error import Error
from .output import Output

#: Each is a module of this package with ``HELP``, ``add_arguments`` and ``run``.
COMMANDS = ("check", "plan", "copy", "export", "resume", "status", "request", "sign", "verify", "explain", "regions", "sim", "demo")
#: Plan, parameters or usage invalid; nothing was sent.
INVALID = 5


def main(argv: Optional[Sequence[str]] = None) -> int:
    """Runs one command and returns its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    output = Output.guess(arguments)
    try:
        options = parser().parse_args(arguments)
        output = Output(getattr(options, "output", "text"), getattr(options, "lang", None))
        code: int = options.run(options, output)
        sys.stdout.flush()
        return code
    except Error as error:
        output.error(error)
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            # The reader has gone; nothing more can be said, and flushing at exit must not fail again.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        output.error(unreadable(error))
    return INVALID


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    # Without a default, an option before the command is not undone by its absence after it.
    common = Parser(add_help=False)
    group = common.add_argument_group("common options")
    group.add_argument("--output", choices=("text", "json", "jsonl"), default=argparse.SUPPRESS, help="form of the result (default: text)")
    group.add_argument("--lang", choices=("en", "zh"), default=argparse.SUPPRESS, help="language of messages (default: the locale's)")
    top = Parser(prog="imgferry", description=DESCRIPTION, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter, parents=[common])
    top.add_argument("--version", action="version", version=version())
    commands = top.add_subparsers(title="commands", metavar="COMMAND", dest="command", required=True)
    for name in COMMANDS:
        module = importlib.import_module(f".{name}", __name__)
        command = commands.add_parser(
            name, help=module.HELP, description=module.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, parents=[common]
        )
        module.add_arguments(command)
        command.set_defaults(run=module.run)
    return top


DESCRIPTION = "Carries custom VM images across regions on Tencent Cloud, Volcengine and Huawei Cloud."
EPILOG = """\
exit codes:
  0  all ready
  3  some destinations failed
  4  all destinations failed
  5  plan, parameters or usage invalid; nothing was sent
  6  still running; can be resumed
  7  a launch is ambiguous and wants a person

Credentials come from the environment or the vendors' own files: see `imgferry request --help`."""


class Parser(argparse.ArgumentParser):
    """Reports mistakes as errors of this package, so that they look the same as all others."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"allow_abbrev": False, **kwargs})

    def error(self, message: str) -> NoReturn:
        given = re.match(r"unrecognized arguments: (-[^ =]+)", message) or re.search(r"invalid choice: '([^']*)'", message)
        meant = self.meant(given[1]) if given else None
        guess = (f"did you mean {meant}? ", f"是否应为 {meant}？") if meant else ("", "")
        raise Error(message, code="usage", hint=f"{guess[0]}see `{self.prog} --help`", hint_zh=f"{guess[1]}请查看 `{self.prog} --help`")

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        # Each command complains of its own unknown options: it is the one that knows what could have been meant.
        known, rest = super().parse_known_args(args, namespace)
        if rest:
            self.error(f"unrecognized arguments: {' '.join(rest)}")
        return known, rest

    def meant(self, given: str) -> Optional[str]:
        """The option, command or word that is nearest to an unknown one."""
        import difflib

        known = [*self._option_string_actions]
        for action in self._actions:
            known += [str(choice) for choice in action.choices or ()]
        near = difflib.get_close_matches(given, known, 1, 0.75)
        return near[0] if near else None


def version() -> str:
    """Version of the installed package."""
    from importlib.metadata import version as installed

    return f"imgferry {installed('imgferry')}"


def unreadable(error: OSError) -> Error:
    """A file or an address that cannot be used."""
    where = error.filename if isinstance(error.filename, str) else "input or output"
    return Error(
        f"{where}: {error.strerror or error}", code="file", hint="check the path and its permissions", hint_zh="请检查路径和权限"
    )
