"""Level 3 from Python: both drivers over real HTTP, journals, cancellation, and misuse."""

from __future__ import annotations

import asyncio
import inspect
import threading
from pathlib import Path
from typing import Any, Dict, Iterator, List

import imgferry
import pytest
from imgferry import aio, drive, journal, sim, transport
from test_copy import PLAN

#: Copies that take a third of a second, and a policy that follows them.
FAST: Dict[str, Any] = {"copy_ms": 300, "visible_after_ms": 50}
POLICY = {"poll": "100ms", "settle": "300ms", "visible": "2s", "backoff": "100ms", "backoff_max": "300ms"}
COPIES = PLAN["copies"]


def plan(url: str, copies: Any = COPIES, **policy: Any) -> imgferry.Plan:
    clouds = {copy["cloud"]: {"endpoint": url} for copy in copies}
    return imgferry.Plan({"clouds": clouds, "copies": copies, "policy": {**POLICY, **policy}})


def job(url: str, *arguments: Any, **policy: Any) -> imgferry.Job:
    return imgferry.Job(plan(url, *arguments, **policy), now_ms=drive.now_ms(), seed=1)


@pytest.fixture
def server() -> Iterator[sim.Server]:
    with sim.Server(FAST) as serving:
        yield serving


def images_made(server: sim.Server) -> List[int]:
    return [len(lane["images"]) for lane in server.world.ledger()["lanes"]]


async def in_threads(request: imgferry.Request, timeout_ms: int) -> drive.Outcome:
    return await asyncio.get_running_loop().run_in_executor(None, transport.send, request, timeout_ms)


def test_the_synchronous_driver(server: sim.Server) -> None:
    events: List[str] = []
    report = imgferry.run(job(server.url), sim.credentials(), on_event=lambda event: events.append(event["event"]))
    assert report["exit_code"] == 0 and report["counts"] == {"ready": 4}
    assert all(row["image_id"] and row["launches"] == 1 for row in report["rows"])
    assert events.count("launched") == 4 and events.count("ready") == 4
    assert images_made(server) == [1, 1, 1, 1] and server.world.ledger()["violations"] == []


def test_the_asyncio_driver(server: sim.Server) -> None:
    keys = sim.credentials()
    report = asyncio.run(aio.run(job(server.url), lambda: keys, send=in_threads))
    assert report["exit_code"] == 0 and images_made(server) == [1, 1, 1, 1]


def test_a_second_run_makes_nothing(server: sim.Server) -> None:
    first = imgferry.run(job(server.url), sim.credentials())
    second = imgferry.run(job(server.url), sim.credentials())
    assert second["counts"] == {"present": 4} and images_made(server) == [1, 1, 1, 1]
    assert [row["image_id"] for row in second["rows"]] == [row["image_id"] for row in first["rows"]]


def test_drivers_are_short() -> None:
    for driver in (drive.run, aio.run):
        lines = inspect.getsource(driver).split('"""')[2].strip().splitlines()
        assert len(lines) < 30, (driver, len(lines))


def launched_and_left(running: imgferry.Job) -> bool:
    """Whether a job was wound down: nothing pending, every launch told, nothing launched twice."""
    report = running.report()
    states = {row["state"] for row in report["rows"]}
    return report["exit_code"] == 6 and states <= {"unfinished", "cancelled", "ready", "present"} and all(row["launches"] <= 1 for row in report["rows"])


def test_cancelling_the_task_cancels_the_job_and_goes_on(server: sim.Server) -> None:
    running = job(server.url)

    async def cancelled() -> None:
        task: asyncio.Future[Any] = asyncio.ensure_future(
            aio.run(running, sim.credentials(), send=in_threads, on_event=lambda e: e["event"] == "launched" and task.cancel())
        )
        with pytest.raises(asyncio.CancelledError):
            await task
        assert task.cancelled()

    asyncio.run(cancelled())
    assert launched_and_left(running)


def test_wait_for_gives_up_in_time(server: sim.Server) -> None:
    running = job(server.url)

    async def bounded() -> None:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(aio.run(running, sim.credentials(), send=in_threads), 0.25)

    asyncio.run(bounded())
    assert launched_and_left(running)


@pytest.mark.skipif(not hasattr(asyncio, "timeout"), reason="asyncio.timeout and TaskGroup came with Python 3.11")
def test_timeouts_and_task_groups_work(server: sim.Server) -> None:
    first, second = job(server.url), job(server.url)

    async def timed() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.25):
                await aio.run(first, sim.credentials(), send=in_threads)
        # What comes after it is not cancelled.
        await asyncio.sleep(0)

    async def grouped() -> None:
        async def fails() -> None:
            await asyncio.sleep(0.25)
            raise ValueError("elsewhere")

        with pytest.raises(ExceptionGroup) as caught:
            async with asyncio.TaskGroup() as group:
                group.create_task(aio.run(second, sim.credentials(), send=in_threads))
                group.create_task(fails())
        assert [str(error) for error in caught.value.exceptions] == ["elsewhere"]

    asyncio.run(timed())
    assert launched_and_left(first)
    asyncio.run(grouped())
    assert launched_and_left(second)


def test_a_second_cancellation_ends_the_wait_for_answers(server: sim.Server) -> None:
    running = job(server.url, COPIES[:1])
    ended: List[bool] = []

    async def never(request: imgferry.Request, timeout_ms: int) -> drive.Outcome:
        if not any(value == "SyncImages" for _, value in request.headers):
            return await in_threads(request, timeout_ms)
        try:
            await asyncio.sleep(60)
        finally:
            ended.append(True)
        return "unanswered"

    async def twice() -> None:
        launching = asyncio.Event()
        hear = lambda event: launching.set() if event["event"] == "launching" else None  # noqa: E731
        task = asyncio.ensure_future(aio.run(running, sim.credentials(), send=never, on_event=hear))
        await launching.wait()
        for _ in range(2):
            await asyncio.sleep(0.1)
            assert not task.done()
            task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(task, 5)

    asyncio.run(twice())
    assert ended


def test_what_a_journal_raises_goes_on_after_the_answers_under_way(server: sim.Server) -> None:
    running = job(server.url)
    kept: List[str] = []

    def full(lines: str) -> None:
        if lines and len(kept) == 3:
            raise OSError("no space left")
        if lines:
            kept.append(lines)

    with pytest.raises(OSError, match="no space left"):
        asyncio.run(aio.run(running, sim.credentials(), send=in_threads, journal=full))
    assert launched_and_left(running), running.report()
    resumed, _ = imgferry.Job.restore("".join(kept), now_ms=drive.now_ms())
    assert imgferry.run(resumed, sim.credentials())["counts"] == {"ready": 4} and images_made(server) == [1, 1, 1, 1]


def test_two_drivers_of_one_job_are_refused(server: sim.Server) -> None:
    running = job(server.url)
    refused: List[imgferry.Error] = []

    def again(event: Any) -> None:
        if event["event"] == "launched" and not refused:

            def run() -> None:
                for drive_it in (
                    lambda: imgferry.run(running, sim.credentials()),
                    lambda: asyncio.run(aio.run(running, sim.credentials(), send=in_threads)),
                ):
                    with pytest.raises(imgferry.Error) as caught:
                        drive_it()
                    refused.append(caught.value)

            thread = threading.Thread(target=run)
            thread.start()
            thread.join()

    report = imgferry.run(running, sim.credentials(), on_event=again)
    assert [error.code for error in refused] == ["job.driven", "job.driven"]
    assert report["counts"] == {"ready": 4} and images_made(server) == [1, 1, 1, 1]
    # One after the other is no fault.
    assert imgferry.run(running, sim.credentials()) == report


def test_every_prefix_of_a_journal_leads_to_the_same_images(server: sim.Server, tmp_path: Path) -> None:
    file = tmp_path / "job.journal"
    with journal.Journal(file) as kept:
        report = imgferry.run(job(server.url), sim.credentials(), journal=kept)
    made = [row["image_id"] for row in report["rows"]]
    whole = file.read_bytes()
    lines = whole.splitlines(keepends=True)
    cuts = [len(b"".join(lines[:count])) for count in range(1, len(lines) + 1)]
    cuts += [cut - 3 for cut in cuts[1:]]
    for cut in cuts:
        part = tmp_path / f"{cut}.journal"
        part.write_bytes(whole[:cut])
        resumed, again = journal.Journal.resume(part, now_ms=drive.now_ms())
        with resumed:
            report = imgferry.run(again, sim.credentials(), journal=resumed)
        assert [row["image_id"] for row in report["rows"]] == made
        imgferry.Job.restore(journal.read(part), now_ms=drive.now_ms())
    assert images_made(server) == [1, 1, 1, 1]


def test_a_journal_is_held_by_one(server: sim.Server, tmp_path: Path) -> None:
    file = tmp_path / "job.journal"
    with journal.Journal(file) as kept:
        with pytest.raises(imgferry.Error, match="in use"):
            journal.Journal.resume(file, now_ms=drive.now_ms())
        kept(job(server.url).take_journal())
    with pytest.raises(imgferry.Error, match="there already"):
        journal.Journal(file)
    with pytest.raises(FileNotFoundError):
        journal.Journal.resume(tmp_path / "none", now_ms=drive.now_ms())


def test_a_corrupt_journal_is_refused_and_left_alone(server: sim.Server, tmp_path: Path) -> None:
    file = tmp_path / "job.journal"
    with journal.Journal(file) as kept:
        imgferry.run(job(server.url), sim.credentials(), journal=kept)
    lines = file.read_bytes().splitlines(keepends=True)
    lines[1] = b"\xff\xfe{}\n"
    broken = b"".join(lines)
    file.write_bytes(broken)
    with pytest.raises(imgferry.Error, match="line 2"):
        journal.Journal.resume(file, now_ms=drive.now_ms())
    assert file.read_bytes() == broken


def test_answers_nobody_waits_for_change_nothing(server: sim.Server) -> None:
    running = job(server.url)
    before = running.report()
    for id in (0, 1, 2**40, -1):
        with pytest.raises(imgferry.Error) as caught:
            running.answer(id, 200, {}, b"{}", now_ms=drive.now_ms())
        assert caught.value.kind == "misuse"
        with pytest.raises(imgferry.Error):
            running.lost(id, "unanswered", now_ms=drive.now_ms())
    with pytest.raises(imgferry.Error, match="unsent, blocked or unanswered"):
        running.lost(1, "somehow", now_ms=drive.now_ms())  # type: ignore[arg-type]
    with pytest.raises(imgferry.Error, match="Credentials"):
        running.poll({"tencent": "key"}, now_ms=drive.now_ms())  # type: ignore[dict-item]
    with pytest.raises(imgferry.Error, match="no cloud"):
        running.poll({"aws": sim.credentials()["tencent"]}, now_ms=drive.now_ms())
    assert running.report() == before and len(running) == 4


def test_a_persons_word_ends_a_doubt() -> None:
    lost = {**FAST, "script": [{"action": "SyncImages", "nth": 1, "fault": "lost_before"}]}
    with sim.Server(lost) as server:
        running = job(server.url, COPIES[:1], ambiguity="stop")
        report = imgferry.run(running, sim.credentials())
        assert report["exit_code"] == 7 and report["counts"] == {"ambiguous": 2}
        for lane, id in ((2, None), (-1, None), (0, ""), (0, "img-o3ycss2p")):
            with pytest.raises(imgferry.Error) as refused:
                running.resolve(lane, id, now_ms=drive.now_ms())
            assert refused.value.code == "job.resolve"
        for row in report["rows"]:
            running.resolve(row["lane"], None, now_ms=drive.now_ms())
        assert imgferry.run(running, sim.credentials())["counts"] == {"ready": 2} and images_made(server) == [1, 1]


def test_steps_say_what_to_do(server: sim.Server) -> None:
    running = job(server.url)
    step = running.poll(sim.credentials(), now_ms=drive.now_ms())
    assert isinstance(step, imgferry.Send) and step.timeout_ms == 30_000 and step.request.url.startswith(server.url)
    assert "EXAMPLE-SECRET" not in repr(step) and "Signature=" not in repr(step)
    running.answer(step.id, *transport.send(step.request, step.timeout_ms), now_ms=drive.now_ms())  # type: ignore[call-arg, arg-type]
    with pytest.raises(imgferry.Error):
        running.lost(step.id, "unanswered", now_ms=drive.now_ms())
    running.cancel(now_ms=drive.now_ms())
    assert isinstance(running.poll(sim.credentials(), now_ms=drive.now_ms()), imgferry.Done)
    assert running.report()["exit_code"] == 6


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({}, "plan"),
        ({"copies": 5}, "copies"),
        ({"copies": [{}]}, "copies[0].cloud"),
        ({"copies": [{**COPIES[0], "cloud": "aws"}]}, "copies[0].cloud"),
        ({"copies": [{**COPIES[0], "to": []}]}, "copies[0].to"),
        ({"copies": [{**COPIES[0], "name": "{when}"}]}, "copies[0].name"),
        ({"copies": COPIES, "policy": {"poll": "soon"}}, "policy.poll"),
        ({"copies": COPIES, "clouds": {"tencent": {"endpoint": "nowhere"}}}, "clouds.tencent.endpoint"),
    ],
)
def test_a_wrong_plan_names_the_place(given: Dict[str, Any], path: str) -> None:
    with pytest.raises(imgferry.Error) as caught:
        imgferry.Plan(given)
    assert path in [problem["path"] for problem in caught.value.problems]


def test_a_plan_makes_itself_again() -> None:
    made = plan("http://127.0.0.1:1")
    assert imgferry.Plan(made.as_dict()).as_dict() == made.as_dict()


def test_a_lost_connection_is_told_apart_from_a_refused_one(server: sim.Server) -> None:
    call = imgferry.build("tencent", "DescribeRegions", {}, imgferry.At("ap-guangzhou", endpoint=server.url))
    request = call.sign(sim.credentials()["tencent"], time_ms=drive.now_ms())
    answer = transport.send(request, 5_000)
    assert not isinstance(answer, str) and answer[0] == 200
    with sim.Server({"faults": {"lost_after": 1.0}}) as broken:
        lost = imgferry.build("tencent", "DescribeRegions", {}, imgferry.At("ap-guangzhou", endpoint=broken.url))
        assert transport.send(lost.sign(sim.credentials()["tencent"], time_ms=drive.now_ms()), 5_000)[0] == "unanswered"
    closed = imgferry.build("tencent", "DescribeRegions", {}, imgferry.At("ap-guangzhou", endpoint=broken.url))
    assert transport.send(closed.sign(sim.credentials()["tencent"], time_ms=drive.now_ms()), 5_000) == ("unsent", "Connection refused")
