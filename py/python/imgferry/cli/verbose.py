"""What ``-v`` shows: the log of the package on stderr, in the form of everything else there."""

from __future__ import annotations

import logging
import sys

from .output import Output, compact
from .progress import stamped


class Handler(logging.Handler):
    """Writes records as lines with their time, or as JSON. Events are on stderr in JSON already."""

    def __init__(self, output: Output) -> None:
        super().__init__()
        self.output = output

    def emit(self, record: logging.LogRecord) -> None:
        if self.output.form == "text":
            self.output.note(stamped(f"{record.name}: {record.getMessage()}", sys.stderr.isatty()))
        elif not hasattr(record, "imgferry_event"):
            self.output.note(compact({"at_ms": int(record.created * 1000), "log": record.name, "level": record.levelname, "message": record.getMessage()}))


def listen(output: Output) -> None:
    """Shows the log from now on."""
    logger = logging.getLogger("imgferry")
    for handler in [handler for handler in logger.handlers if isinstance(handler, Handler)]:
        logger.removeHandler(handler)
    logger.addHandler(Handler(output))
    logger.setLevel(logging.DEBUG if output.verbosity > 1 else logging.INFO)
