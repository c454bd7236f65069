"""The asyncio driver: the same loop, with many requests under way."""

from __future__ import annotations

import asyncio
import time
from typing import Any, Awaitable, Callable, Coroutine, Optional, Set

from . import log
from ._imgferry import Job, Request, Send, Wait
from .drive import Keys, driving, ignore, now_ms, tell, turn
from .types import Event, Outcome, Report

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

    The arguments are those of ``imgferry.run``, but ``send`` is awaited. It must send a request once: not every client
    does unless told so (aiohttp repeats a GET, and Volcengine's launch is one). With httpx:

        async def send(request, timeout_ms):
            try:
                answer = await client.request(
                    request.method, request.url, content=request.body.encode(), headers=dict(request.headers), timeout=timeout_ms / 1000
                )
            except httpx.ConnectError as error:
                return "unsent", str(error)
            except httpx.HTTPError as error:
                return "unanswered", str(error)
            return answer.status_code, answer.headers.multi_items(), answer.content

    When the task is cancelled, or anything given
    here raises, nothing more is launched and the answers under way are waited for before the exception goes on; a
    second cancellation ends that wait. ``job.report()`` tells what became of every destination all the same.
    """
    keys = credentials if callable(credentials) else lambda: credentials
    stopped: Optional[BaseException] = None
    with driving(job):
        async with UnderWay() as under_way:
            while True:
                try:
                    step, due = turn(job, keys, journal, on_event)
                    if isinstance(step, Send):
                        under_way.add(carry(job, step, send))
                    elif isinstance(step, Wait):
                        await under_way.change(due)
                    elif stopped:
                        raise stopped
                    else:
                        return job.report()
                except asyncio.CancelledError as cancelled:
                    if stopped:
                        raise
                    stopped = cancelled
                    job.cancel(now_ms=now_ms())
                except Exception:
                    job.cancel(now_ms=now_ms())
                    raise


async def carry(job: Job, step: Send, send: Sender) -> None:
    """Sends one request and tells what came of it."""
    began = time.monotonic()
    outcome = await send(step.request, step.timeout_ms)
    log.call(step.request, outcome, began)
    tell(job, step.id, outcome)


class UnderWay:
    """The requests whose answers are awaited. None outlives the block: after an exception they are waited for, after a
    cancellation they are cancelled."""

    def __init__(self) -> None:
        self.tasks: Set[asyncio.Future[None]] = set()
        self.changed = asyncio.Event()
        self.failure: Optional[BaseException] = None

    def add(self, carried: Coroutine[Any, Any, None]) -> None:
        """Sends a request."""
        task = asyncio.ensure_future(carried)
        self.tasks.add(task)
        task.add_done_callback(self.ended)

    def ended(self, task: asyncio.Future[None]) -> None:
        self.tasks.discard(task)
        if not task.cancelled():
            self.failure = self.failure or task.exception()
        self.changed.set()

    async def change(self, due: float) -> None:
        """Waits for an answer, or for that moment by ``time.monotonic``. Raises what sending raised."""
        alarm = asyncio.get_running_loop().call_later(max(due - time.monotonic(), 0), self.changed.set)
        try:
            await self.changed.wait()
        finally:
            alarm.cancel()
        self.changed.clear()
        if self.failure:
            raise self.failure

    async def __aenter__(self) -> UnderWay:
        return self

    async def __aexit__(self, _type: object, error: Optional[BaseException], _traceback: object) -> None:
        if self.tasks and isinstance(error, Exception):
            await asyncio.wait(self.tasks)
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
