"""The asyncio driver: the same loop, with many requests under way."""

from __future__ import annotations

import asyncio
from typing import Any, Awaitable, Callable, Set

from . import Done, Job, Request, Send
from .drive import Keys, Outcome, ignore, now_ms, tell
from .types import Event, Report

Sender = Callable[[Request, int], Awaitable[Outcome]]


async def run(
    job: Job,
    credentials: Keys,
    *,
    send: Sender,
    journal: Callable[[str], Any] = ignore,
    on_event: Callable[[Event], Any] = ignore,
) -> Report:
    """Carries out a job and returns its report. How many requests are under way at once, the plan's policy says.

    The arguments are those of ``imgferry.run``, but ``send`` is awaited. Cancelling the task cancels the job: nothing
    more is launched, the answers under way are waited for, and the report tells what was left running.
    """
    keys = credentials if callable(credentials) else lambda: credentials
    under_way: Set[asyncio.Future[None]] = set()
    try:
        while True:
            step = job.poll(now_ms(), keys())
            journal(job.take_journal())
            for event in job.take_events():
                on_event(event)
            if isinstance(step, Done):
                return job.report()
            if isinstance(step, Send):
                under_way.add(asyncio.ensure_future(carry(job, step, send)))
                continue
            alarm = asyncio.ensure_future(asyncio.sleep(max(step.until_ms - now_ms(), 0) / 1000))
            try:
                ended, _ = await asyncio.wait({alarm, *under_way}, return_when=asyncio.FIRST_COMPLETED)
            except asyncio.CancelledError:
                job.cancel(now_ms())
                continue
            finally:
                alarm.cancel()
            for task in ended:
                task.result()
            under_way -= ended
    finally:
        for task in under_way:
            task.cancel()


async def carry(job: Job, step: Send, send: Sender) -> None:
    """Sends one request and tells what came of it."""
    tell(job, step.id, await send(step.request, step.timeout_ms))
