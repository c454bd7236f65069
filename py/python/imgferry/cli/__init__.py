"""The command line: ``imgferry COMMAND``. Results on stdout, progress and errors on stderr.

Exit codes: 0 all ready, 3 some failed, 4 all failed, 5 plan, parameters, keys or usage invalid (nothing was launched),
6 still running and resumable, 7 a launch is ambiguous and wants a person, 130 Ctrl-C.
"""

from __future__ import annotations

import signal
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Optional, Sequence

#: Each is a module of this package with ``HELP``, ``add_arguments`` and ``run``.
COMMANDS = ("check", "plan", "copy", "export", "resume", "status", "list", "watch", "fleet", "worker", "request", "sign", "verify", "explain", "regions", "sim", "demo")
#: What a shell reports of a program that Ctrl-C ended.
INTERRUPTED = 130


def main(argv: Optional[Sequence[str]] = None) -> int:
    """Runs one command and returns its exit code."""
    code = INTERRUPTED
    try:
        # Imported here, so that Ctrl-C at start-up is caught too.
        from .commands import perform

        code = perform(list(sys.argv[1:] if argv is None else argv))
    except KeyboardInterrupt:
        pass
    leave_at_once(code)
    return code


def leave_at_once(code: int) -> None:
    """All is said: a further Ctrl-C, while threads wind down, ends the process without a word."""
    import os

    def leave(_number: int, _frame: Optional[FrameType]) -> None:
        os._exit(code)

    try:
        signal.signal(signal.SIGINT, leave)
    except ValueError:
        pass  # Called in a thread, which gets no signals.
