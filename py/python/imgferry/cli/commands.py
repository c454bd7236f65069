"""Takes a command line apart, runs the command, and turns whatever stops it into one message and an exit code."""

from __future__ import annotations

import argparse
import importlib
import os
import re
import sys

from ..error import Error
from . import ALIASES, COMMANDS, streams
from .output import Output

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, NoReturn, Optional, Sequence

#: Plan, parameters, keys or usage invalid; nothing was launched.
INVALID = 5
#: Journals that cannot be taken up and may tell of launches: what another process holds or this one may not write is resumed
#: later (6), the others want a person (7).
JOURNALS = {
    **dict.fromkeys(("journal.locked", "journal.unwritable"), 6),
    **dict.fromkeys(("journal.line", "journal.joined", "journal.zeros", "journal.encoding", "journal.version"), 7),
}


def perform(arguments: List[str]) -> int:
    """Runs one command and returns its exit code."""
    streams.prepare()
    output = Output.guess(arguments)
    try:
        options = parser(arguments).parse_args(arguments)
        output = Output(getattr(options, "output", "text"), getattr(options, "lang", None), getattr(options, "verbose", 0) - getattr(options, "quiet", 0))
        if output.verbosity > 0:
            from .verbose import listen

            listen(output)
        code: int = options.run(options, output)
    except SystemExit as ended:
        # Help and version were printed.
        code = ended.code if isinstance(ended.code, int) else 0
    except BrokenPipeError:
        code = 0
    except Error as error:
        output.error(error)
        code = JOURNALS.get(error.code, INVALID)
    except OSError as error:
        output.error(unusable(error))
        code = INVALID
        if not isinstance(error.filename, (str, bytes)):
            # What could not be written would only be refused, and told, once more.
            streams.silence(sys.stdout)
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader has gone: nothing more can be said.
        streams.silence(sys.stdout)
    except OSError as error:
        streams.silence(sys.stdout)
        output.error(unusable(error))
        code = INVALID
    return code


def parser(arguments: Sequence[str], *, whole: bool = False) -> argparse.ArgumentParser:
    """The command line, as far as these arguments need it, or the whole: a command that is not asked for is not imported."""
    # Without a default, an option before the command is not undone by its absence after it.
    common = Parser(add_help=False)
    add_common(common)
    top = Parser(prog="imgferry", description=DESCRIPTION, epilog=EPILOG, formatter_class=Help, parents=[common])
    top.add_argument("--version", action=Version, nargs=0, help="show program's version number and exit")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", dest="command", required=True)
    asked = next((ALIASES.get(word, word) for word in arguments if word in (*COMMANDS, *ALIASES)), None)
    for name, help in COMMANDS.items():
        aliases = [alias for alias, of in ALIASES.items() if of == name]
        if name != asked and not whole:
            commands.add_parser(name, aliases=aliases, help=help, add_help=False)
            continue
        module = importlib.import_module(f".{name}", __package__)
        command = commands.add_parser(
            name,
            aliases=aliases,
            help=help,
            description=module.__doc__,
            formatter_class=Help,
            parents=[common],
        )
        module.add_arguments(command)
        command.set_defaults(run=module.run)
    return top


def add_common(parser: argparse.ArgumentParser) -> None:
    """The options that every command has."""
    group = parser.add_argument_group("common options")
    group.add_argument("--output", choices=("text", "json", "jsonl"), default=argparse.SUPPRESS, help="form of the result (default: text)")
    group.add_argument("--lang", choices=("en", "zh"), default=argparse.SUPPRESS, help="language of messages (default: the locale's)")
    group.add_argument("-v", "--verbose", action="count", default=argparse.SUPPRESS, help="tell every event; -vv: every call too, and where keys come from")
    group.add_argument("-q", "--quiet", action="count", default=argparse.SUPPRESS, help="no progress and no warnings: only results and errors")


DESCRIPTION = "Carries custom VM images across regions on Tencent Cloud, Volcengine and Huawei Cloud."
EPILOG = """\
exit codes:
  0    all ready
  3    some destinations failed
  4    all destinations failed
  5    plan, parameters, keys or usage invalid; nothing was launched
  6    still running; can be resumed
  7    a launch is ambiguous and wants a person
  130  Ctrl-C

Credentials come from the environment or the vendors' own files: see `imgferry request --help`."""


class Parser(argparse.ArgumentParser):
    """Reports mistakes as errors of this package, so that they look the same as all others."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"allow_abbrev": False, **kwargs})
        self.register("type", int, whole)

    def error(self, message: str) -> NoReturn:
        if re.match(r"unrecognized arguments: (.* )?-", message):
            # What stands behind an unknown option may be a key: it is told nowhere.
            unknown = [word.partition("=")[0] for word in message.partition(": ")[2].split(" ") if word.startswith("-")]
            message = f"unrecognized arguments: {' '.join(unknown)}"
            if any(re.search(r"(?i)secret|token|passw|^--?(ak|sk|.*key.*)$", name) for name in unknown):
                raise Error(
                    f"{message}: keys are not taken from the command line, where every user of this machine can read them",
                    code="usage",
                    hint="set them in the environment, or in the vendor's own file: see `imgferry request --help`",
                    hint_zh="请在环境变量或厂商自己的文件中设置密钥：请查看 `imgferry request --help`",
                )
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


def whole(text: str) -> int:
    """A whole number as the core takes it; what is none is told with the name of its option."""
    try:
        number = int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number") from None
    if not -(2**63) <= number < 2**63:
        raise argparse.ArgumentTypeError(f"{text} does not fit into 64 bits")
    return number


class Help(argparse.RawDescriptionHelpFormatter):
    """As wide as the terminal. argparse asks `shutil` for that at every option, which loads all there is to pack archives."""

    def __init__(self, prog: str, **kwargs: Any) -> None:
        super().__init__(prog, **{"width": columns() - 2, **kwargs})


def columns() -> int:
    """The width of the terminal: what ``COLUMNS`` says, else what it is."""
    given = os.environ.get("COLUMNS", "")
    if given.isdecimal() and int(given):
        return int(given)
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or 80  # type: ignore[union-attr]
    except (AttributeError, OSError, ValueError):
        return 80


class Version(argparse.Action):
    """Looks the version up only when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from .._imgferry import VERSION

        print(f"imgferry {VERSION}")
        parser.exit()


def unusable(error: OSError) -> Error:
    """A file, a stream or an address that cannot be used."""
    where = error.filename if isinstance(error.filename, str) else "input or output"
    return Error(
        f"{where}: {error.strerror or error}", code="file", hint="check the path, its permissions and the space left", hint_zh="请检查路径、权限和剩余空间"
    )
