"""Carries out a job for a command: keys, connections, journal, progress, and what remains to be said at the end."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from contextlib import AsyncExitStack
from typing import Any, Awaitable, Callable, Dict, List, Mapping, Optional

from .. import Credentials, Job, Request, aio, credentials, transport
from ..drive import Outcome, ignore, now_ms
from ..journal import Journal
from ..types import Report
from .output import Output, aligned
from .progress import Progress

#: How often keys are read again, in seconds: short-lived ones are replaced in their files while a copy goes on.
REFRESH_S = 30.0


def carry(job: Job, output: Output, *, keys: Optional[Mapping[str, Credentials]] = None, journal: Optional[Journal] = None) -> Report:
    """Carries out a job with progress on stderr, and prints its report."""
    given = Keys(job, keys)
    given()
    with Progress(job, output) as progress:
        report = asyncio.run(interruptible(job, given, journal, progress))
    show(report, output)
    if report["exit_code"] in (6, 7):
        # Also what is ambiguous: it is looked for again.
        output.note(remaining(journal, output))
    return report


class Keys:
    """The keys of the clouds that a job is about: given ones, or those that are found, read again now and then."""

    def __init__(self, job: Job, given: Optional[Mapping[str, Credentials]] = None) -> None:
        self.clouds = sorted({row["cloud"] for row in job.report()["rows"]})
        self.held = given or {}
        self.good_until = float("inf") if given else float("-inf")

    def __call__(self) -> Mapping[str, Credentials]:
        if time.monotonic() > self.good_until:
            self.held = {cloud: credentials.load(cloud) for cloud in self.clouds}
            self.good_until = time.monotonic() + REFRESH_S
        return self.held


async def interruptible(job: Job, keys: Callable[[], Mapping[str, Credentials]], journal: Optional[Journal], progress: Progress) -> Report:
    """Runs the driver; the first Ctrl-C ends it in order, the second at once."""
    async with AsyncExitStack() as stack:
        send = await sender(stack)
        running = asyncio.ensure_future(aio.run(job, keys, send=send, journal=journal or ignore, on_event=progress.show))
        loop = asyncio.get_running_loop()

        def stop() -> None:
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(number)
            running.cancel()

        try:
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(number, stop)
        except NotImplementedError:
            # Windows: Ctrl-C ends at once; the journal is as good.
            pass
        return await running


async def sender(stack: AsyncExitStack) -> Callable[[Request, int], Awaitable[Outcome]]:
    """Pooled connections by httpx where it is installed; otherwise the standard library in threads."""
    try:
        import httpx
    except ImportError:
        return lambda request, timeout_ms: asyncio.get_running_loop().run_in_executor(None, transport.send, request, timeout_ms)
    direct = {f"all://{host}": None for host in ("127.0.0.1", "localhost", "[::1]")}
    client = await stack.enter_async_context(httpx.AsyncClient(follow_redirects=False, mounts=direct, limits=httpx.Limits(max_connections=None)))

    async def fetch(request: Request) -> Outcome:
        body = bytearray()
        async with client.stream(request.method, request.url, headers=request.headers, content=request.body.encode(), timeout=None) as answer:
            async for part in answer.aiter_bytes():
                body += part
                if len(body) > transport.LARGEST:
                    return "unanswered"
        return answer.status_code, answer.headers.multi_items(), bytes(body)

    async def send(request: Request, timeout_ms: int) -> Outcome:
        try:
            # The whole answer in that time, not just the next bytes of it.
            return await asyncio.wait_for(fetch(request), timeout_ms / 1000)
        except httpx.ConnectError:
            return "unsent"
        except (httpx.HTTPError, asyncio.TimeoutError):
            return "unanswered"

    return send


def new_seed() -> int:
    """A seed that no other run has."""
    return int.from_bytes(os.urandom(6), "big")


def show(report: Report, output: Output) -> None:
    """Prints a report: a table of new ids, and why the others have none."""
    if output.form == "jsonl":
        return output.result(report["rows"], "")
    head = ("CLOUD", "FROM", "TO", "NAME", "STATE", "NEW IMAGE"), ("云", "源地域", "目标地域", "名称", "状态", "新镜像")
    rows: List[List[Any]] = []
    for row in report["rows"]:
        made = row["image_id"] or ", ".join(row["objects"]) or row["task_id"]
        rows.append([row["cloud"], row["from"], row["to"], row["name"], row["state"], made])
    lines = [aligned([head[output.zh], *rows])]
    for step in report["steps"]:
        lines.append(f"{output.pick('on the way', '中转')}: {step['cloud']} {step['to']}: {step['image_id'] or '-'} {step['name']} {step['state']}")
    for row in report["rows"] + report["steps"]:
        note = output.pick(row["note"] or "", row["note_zh"] or "")
        if note:
            lines.append(f"{row['cloud']} {row['to']}: {note}")
        error = row["error"]
        if error:
            hint = output.pick(error["hint"], error["hint_zh"])
            lines.append(f"{row['cloud']} {row['to']}: {error['code']}: {error['message']}" + (f"\n  {hint}" if hint else ""))
            if row["request_ids"]:
                lines.append(f"  {output.pick('request ids', '请求 ID')}: {', '.join(row['request_ids'])}")
    for extra in report["extra"]:
        lines.append(
            output.pick(
                f"extra: {extra['cloud']} {extra['region']}: {extra['image_id']} {extra['name']} is a copy of {extra['image']} that the plan does not ask for",
                f"多余：{extra['cloud']} {extra['region']} 的 {extra['image_id']} {extra['name']} 是 {extra['image']} 的副本，但不在计划中",
            )
        )
    output.result(report, "\n".join(lines))


def remaining(journal: Optional[Journal], output: Output) -> str:
    """How to go on with what is left running."""
    if journal is None:
        return output.pick(
            "not finished; no journal was kept, but the same command skips what is there", "尚未完成；未保留日志，再次执行相同命令会跳过已有镜像"
        )
    return output.pick(f"not finished; go on with: imgferry resume {journal.path}", f"尚未完成；继续执行：imgferry resume {journal.path}")


def begin(job_seed: Optional[int]) -> Dict[str, int]:
    """The moment and the seed of a new job."""
    return {"now_ms": now_ms(), "seed": new_seed() if job_seed is None else job_seed}
