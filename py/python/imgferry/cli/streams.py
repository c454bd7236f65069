"""The standard streams, made to bear anything: a character that a console cannot show, a reader that goes away, a full disk.
And how a process ends whose streams are all that is left of it."""

from __future__ import annotations

import contextlib
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any, Optional, TextIO


def prepare() -> None:
    """Called once, before anything is printed or opened."""
    # Where a standard stream was closed, the next file opened would take its number: a journal would be stderr.
    while (file := os.open(os.devnull, os.O_RDWR)) < 3:
        pass
    os.close(file)
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))
        elif mode == "w" and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    sys.stderr = Unfailing(sys.stderr)


def silence(stream: Any) -> None:
    """What is still to be written to a stream goes nowhere, so that flushing it at exit cannot fail again."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    except (OSError, ValueError):
        pass  # Not a file at all.


#: A signal ended what was done. The process ends at once then: the interpreter's own end gives signals their default action back.
was_signalled = False


def leave_at_once(code: int) -> None:
    """All is done: a further Ctrl-C or SIGTERM, while that is told or threads wind down, ends the process without a word and
    with this code."""
    if "threading" not in sys.modules:
        return
    import signal

    def leave(_number: int, _frame: Optional[FrameType]) -> None:
        os._exit(code)

    for number in (getattr(signal, name, None) for name in ("SIGINT", "SIGTERM", "SIGHUP")):
        # Called in a thread, which gets no signals; and `nohup` asks that SIGHUP be ignored.
        with contextlib.suppress(ValueError):
            if number and signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, leave)


def takes(stream: Any, text: str) -> bool:
    """Whether a stream can show a text as it is."""
    try:
        text.encode(getattr(stream, "encoding", None) or "utf-8")
    except (UnicodeError, LookupError):
        return False
    return True


class Unfailing:
    """A stream for progress and errors. When it is lost, what it would have told is lost with it, and nothing else."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        try:
            return self.stream.write(text)
        except (OSError, ValueError):
            silence(self.stream)
            return len(text)

    def flush(self) -> None:
        try:
            self.stream.flush()
        except (OSError, ValueError):
            silence(self.stream)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)
