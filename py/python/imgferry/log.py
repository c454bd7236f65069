"""What the parts of the package tell `logging`: ``imgferry.drive`` (events), ``imgferry.transport`` (calls),
``imgferry.journal`` and ``imgferry.credentials``. Silent until somebody listens, and never a secret.

    logging.getLogger("imgferry").setLevel("INFO")   # with a handler: a line an event; DEBUG adds a line a call
"""

from __future__ import annotations

import logging
import re
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._imgferry import Request
    from .types import Event, Outcome

logging.getLogger("imgferry").addHandler(logging.NullHandler())
DRIVE = logging.getLogger("imgferry.drive")
TRANSPORT = logging.getLogger("imgferry.transport")
JOURNAL = logging.getLogger("imgferry.journal")
CREDENTIALS = logging.getLogger("imgferry.credentials")

#: Events that somebody may want to do something about.
TROUBLE = ("failed", "conflict", "stale", "ambiguous", "credentials", "skew", "warning")
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def event(event: Event) -> None:
    """Tells an event; the record has it as ``imgferry_event`` too."""
    level = logging.WARNING if event["event"] in TROUBLE else logging.INFO
    if DRIVE.isEnabledFor(level):
        DRIVE.log(level, "%s", line(event), extra={"imgferry_event": event})


def call(request: Request, outcome: Outcome, began: float) -> None:
    """Tells what came of a request that was sent at that moment of ``time.monotonic``."""
    if TRANSPORT.isEnabledFor(logging.DEBUG):
        # Not the cause in a client's words, which may quote what was sent: an event tells it, cleaned of secrets.
        what = outcome if isinstance(outcome, str) else outcome[0]
        TRANSPORT.debug("%s %s: %s in %d ms", request.method, request.redacted().url, what, (time.monotonic() - began) * 1000)


def line(event: Event) -> str:
    """One event in one line."""
    words = [event["cloud"], event["region"], event["event"]]
    if "percent" in event and event["event"] == "progress":
        words.append(f"{event['percent']}%")
    if "eta_ms" in event:
        words.append("eta {}-{} s".format(*(ms // 1000 for ms in event["eta_ms"])))
    if "image_id" in event:
        words.append(event["image_id"])
    if "error" in event:
        words.append(f"{event['error']['code']}: {event['error']['message']}")
    if event["event"] == "credentials" and "wait_ms" in event:
        words.append(f"(another key is waited for, {event['wait_ms'] // 1000} s at most)")
    # What others have written stays on the line, whatever shows it.
    return CONTROL.sub(lambda found: ascii(found[0])[1:-1], " ".join(filter(None, words)))
