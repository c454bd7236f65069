"""Where the command line begins, and how it ends."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Optional, Sequence

from . import INTERRUPTED


def main(argv: Optional[Sequence[str]] = None) -> int:
    """Runs one command and returns its exit code."""
    code = INTERRUPTED
    try:
        # Imported here, so that Ctrl-C at start-up is caught too.
        from .commands import perform

        # Not `list`, which is a command of this package once it is loaded.
        code = perform([*(sys.argv[1:] if argv is None else argv)])
    except KeyboardInterrupt:
        pass
    leave_at_once(code)
    return code


def leave_at_once(code: int) -> None:
    """All is said: a further Ctrl-C, while threads wind down, ends the process without a word."""
    if "threading" not in sys.modules:
        return
    import os
    import signal

    def leave(_number: int, _frame: Optional[FrameType]) -> None:
        os._exit(code)

    try:
        signal.signal(signal.SIGINT, leave)
    except ValueError:
        pass  # Called in a thread, which gets no signals.
