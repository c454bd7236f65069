"""What the parts of the package tell `logging`: ``imgferry.drive`` (events), ``imgferry.transport`` (calls),
``imgferry.journal`` and ``imgferry.credentials``. Silent until somebody listens, and never a secret.

    logging.getLogger("imgferry").setLevel("INFO")   # with a handler: a line an event; DEBUG adds a line a call
"""

from __future__ import annotations

import functools
import re
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    import logging

    from ._imgferry import Request
    from .types import Event, Outcome


@functools.lru_cache(maxsize=None)
def part(name: str) -> logging.Logger:
    """The logger of a part. `logging` takes longer to load than many commands to run, so it waits until somebody is told."""
    import logging

    package = logging.getLogger("imgferry")
    if not package.handlers:
        package.addHandler(logging.NullHandler())
    return package.getChild(name)


#: The levels of `logging`.
DEBUG, INFO, WARNING = 10, 20, 30
#: Events that somebody may want to do something about.
TROUBLE = ("failed", "conflict", "stale", "ambiguous", "credentials", "skew", "warning")
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def event(event: Event) -> None:
    """Tells an event; the record has it as ``imgferry_event`` too."""
    level = WARNING if event["event"] in TROUBLE else INFO
    if part("drive").isEnabledFor(level):
        part("drive").log(level, "%s", line(event), extra={"imgferry_event": event})


def call(request: Request, outcome: Outcome, began: float) -> None:
    """Tells what came of a request that was sent at that moment of ``time.monotonic``."""
    if part("transport").isEnabledFor(DEBUG):
        # Not the cause in a client's words, which may quote what was sent: an event tells it, cleaned of secrets.
        what = outcome if isinstance(outcome, str) else outcome[0]
        part("transport").debug("%s %s: %s in %d ms", request.method, request.redacted().url, what, (time.monotonic() - began) * 1000)


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
