"""The synchronous driver: a loop without decisions."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import Any, Callable, Dict, Iterator, Mapping, Union

from . import Credentials, Done, Job, Request, Send, Wait, transport
from .error import Error
from .types import Event, Headers, Lost, Report

#: What came of a request: status, headers and body, or why there is no answer, with the cause in words if it is known.
Outcome = Union["tuple[int, Headers, Union[bytes, str]]", "tuple[Lost, str]", Lost]
#: Credentials by cloud, or a function that gives them afresh before every step.
Keys = Union[Mapping[str, Credentials], Callable[[], Mapping[str, Credentials]]]

#: The jobs that a driver is at work on.
DRIVEN: Dict[int, object] = {}


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
    ``credentials`` is asked after ``on_event``: whoever hears that a key was refused can bring another one at once.
    """
    keys = credentials if callable(credentials) else lambda: credentials
    with driving(job):
        while True:
            step = turn(job, keys, journal, on_event)
            if isinstance(step, Done):
                return job.report()
            if isinstance(step, Wait):
                time.sleep(max(step.until_ms - now_ms(), 0) / 1000)
            else:
                tell(job, step.id, send(step.request, step.timeout_ms))


def turn(job: Job, keys: Callable[[], Mapping[str, Credentials]], journal: Callable[[str], Any], on_event: Callable[[Event], Any]) -> Union[Send, Wait, Done]:
    """Asks a job what to do now. What it says of itself is on disk before anything is sent."""
    for event in job.take_events():
        on_event(event)
    step = job.poll(now_ms(), keys())
    try:
        journal(job.take_journal())
    except BaseException:
        if isinstance(step, Send):
            # It never leaves.
            job.lost(now_ms(), step.id, "unsent")
        raise
    for event in job.take_events():
        on_event(event)
    return step


@contextmanager
def driving(job: Job) -> Iterator[None]:
    """Refuses a second driver of the same job: each would wait for answers that the other holds."""
    mine = object()
    if DRIVEN.setdefault(id(job), mine) is not mine:
        raise Error(
            "this job is being run already, by another thread or task",
            code="job.driven",
            hint="run a job once; for more jobs make more of them",
            hint_zh="一个作业同时只能运行一次；如需更多作业请分别创建",
        )
    try:
        yield
    finally:
        del DRIVEN[id(job)]


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
