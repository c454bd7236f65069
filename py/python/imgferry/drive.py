"""The synchronous driver: a loop without decisions."""

from __future__ import annotations

import time
from typing import Any, Callable, Mapping, Union

from . import Credentials, Done, Job, Request, Wait, transport
from .types import Event, Headers, Lost, Report

#: What came of a request: status, headers and body, or why there is no answer, with the cause in words if it is known.
Outcome = Union["tuple[int, Headers, Union[bytes, str]]", "tuple[Lost, str]", Lost]
#: Credentials by cloud, or a function that gives them afresh before every step.
Keys = Union[Mapping[str, Credentials], Callable[[], Mapping[str, Credentials]]]


def ignore(_: object) -> None:
    """For a caller who keeps no journal, or wants no events."""


def run(
    job: Job,
    credentials: Keys,
    *,
    send: Callable[[Request, int], Outcome] = transport.send,
    journal: Callable[[str], Any] = ignore,
    on_event: Callable[[Event], Any] = ignore,
) -> Report:
    """Carries out a job, one request at a time, and returns its report.

    ``send`` takes a request and a timeout in milliseconds, sends exactly those bytes, follows no redirect and repeats
    nothing. ``journal`` is given lines that must be on disk when it returns, such as ``imgferry.journal.Journal``.
    """
    keys = credentials if callable(credentials) else lambda: credentials
    while True:
        step = job.poll(now_ms(), keys())
        journal(job.take_journal())
        for event in job.take_events():
            on_event(event)
        if isinstance(step, Done):
            return job.report()
        if isinstance(step, Wait):
            time.sleep(max(step.until_ms - now_ms(), 0) / 1000)
        else:
            tell(job, step.id, send(step.request, step.timeout_ms))


def tell(job: Job, id: int, outcome: Outcome) -> None:
    """Tells a job what came of a request."""
    if isinstance(outcome, str):
        job.lost(now_ms(), id, outcome)
    elif len(outcome) == 2:
        job.lost(now_ms(), id, *outcome)
    else:
        job.answer(now_ms(), id, *outcome)


def now_ms() -> int:
    """The wall clock."""
    return time.time_ns() // 1_000_000
