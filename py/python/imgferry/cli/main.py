"""Where the command line begins, and how it ends."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional, Sequence

from . import INTERRUPTED, streams


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
    if streams.was_signalled:
        os._exit(code)
    streams.leave_at_once(code)
    return code
