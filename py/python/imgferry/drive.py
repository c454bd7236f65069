"""The synchronous driver: a loop without decisions."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterator, List, Mapping, Tuple, Union

from . import log
from ._imgferry import Credentials, Done, Job, Request, Send, Wait
from .error import Error

if TYPE_CHECKING:
    from .types import Event, Outcome, Report

#: Credentials by cloud, or a function that gives them afresh before every step.
Keys = Union[Mapping[str, Credentials], Callable[[], Mapping[str, Credentials]]]

#: The jobs that a driver is at work on.
DRIVEN: Dict[int, object] = {}


def ignore(_: object) -> None:
    """For a caller who keeps no journal, or wants no events."""


def send(request: Request, timeout_ms: int) -> Outcome:
    """Sends with the standard library's client, which is loaded when the first call leaves."""
    from . import transport

    return transport.send(request, timeout_ms)


def run(
    job: Job,
    credentials: Keys,
    *,
    send: Callable[[Request, int], Outcome] = send,
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
            step, due = turn(job, keys, journal, on_event)
            if isinstance(step, Done):
                return job.report()
            if isinstance(step, Wait):
                time.sleep(max(due - time.monotonic(), 0))
            else:
                began = time.monotonic()
                outcome = send(step.request, step.timeout_ms)
                log.call(step.request, outcome, began)
                tell(job, step.id, outcome)


def turn(
    job: Job, keys: Callable[[], Mapping[str, Credentials]], journal: Callable[[str], Any], on_event: Callable[[Event], Any]
) -> Tuple[Union[Send, Wait, Done], float]:
    """Asks a job what to do now, and until when to wait. What it says of itself is on disk before anything is sent."""
    hear(job, on_event)
    step, due = ask(job, keys(), now_ms())
    try:
        journal(job.take_journal())
    except BaseException:
        if isinstance(step, Send):
            # It never leaves.
            job.lost(step.id, "unsent", now_ms=now_ms())
        raise
    hear(job, on_event)
    return step, due


def ask(job: Job, keys: Mapping[str, Credentials], now: int) -> Tuple[Union[Send, Wait, Done], float]:
    """What a job wants to be done now; where it is to wait, until when by ``time.monotonic``. The wall clock is not asked
    for that once more: it may be set back meanwhile, by years."""
    step = job.poll(keys, now_ms=now)
    return step, time.monotonic() + (max(step.until_ms - now, 0) / 1000 if isinstance(step, Wait) else 0)


def hear(job: Job, on_event: Callable[[Event], Any]) -> None:
    """Tells what happened."""
    for event in job.take_events():
        log.event(event)
        on_event(event)


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


def woken(journal: str, trusted_hosts: List[str]) -> Job:
    """The job of a journal, as it stood: what pickle and copy make of a job."""
    return Job.wake(journal, now_ms=now_ms(), trusted_hosts=trusted_hosts)[0]


def tell(job: Job, id: int, outcome: Outcome) -> None:
    """Tells a job what came of a request."""
    if isinstance(outcome, str):
        job.lost(id, outcome, now_ms=now_ms())
    elif len(outcome) == 2:
        job.lost(id, *outcome, now_ms=now_ms())
    else:
        job.answer(id, *outcome, now_ms=now_ms())


def now_ms() -> int:
    """The wall clock."""
    return time.time_ns() // 1_000_000
