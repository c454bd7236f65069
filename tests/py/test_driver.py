"""The driver of the command line: what leaves is written ahead, whatever else goes wrong."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any, List

import pytest

import imgferry
from imgferry import sim
from imgferry.cli import driver
from imgferry.cli.pool import pooled
from imgferry.drive import ignore, now_ms
from imgferry.mailbox import Mailbox

TO = ["cn-shanghai", "cn-guangzhou", "cn-hongkong"]


@pytest.fixture
def server() -> Any:
    with sim.Server({"copy_ms": 200, "visible_after_ms": 0}) as opened:
        yield opened


def job(url: str) -> imgferry.Job:
    copies = [
        {"cloud": "volcengine", "image": "image-4431h3l7hl31a0example", "from": "cn-beijing", "to": TO, "name": "golden"},
        {"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "to": ["ap-shanghai", "ap-singapore"], "name": "golden"},
    ]
    plan = {"copies": copies, "clouds": {cloud: {"endpoint": url} for cloud in ("volcengine", "tencent")}, "policy": {"poll": "100ms", "settle": "1s"}}
    return imgferry.Job(imgferry.Plan(plan), now_ms=now_ms(), seed=1)


def keys() -> Any:
    return sim.credentials()


def test_a_launch_leaves_only_once_its_line_is_on_disk(server: sim.Server) -> None:
    written: List[str] = []
    early: List[str] = []
    exchange = pooled()

    def watched(request: Any, timeout_ms: int, leaving: Any) -> Any:
        if "Action=CopyImage" in request.url and '"launch"' not in "".join(written):
            early.append(request.url)
        return exchange(request, timeout_ms, leaving)

    ran = job(server.url)
    driver.run(ran, driver.Host(watched, keys, written.append, ignore, lambda: None), [])
    assert not early and ran.report()["counts"] == {"ready": 5}
    assert "".join(written), "all of it was written"


def test_what_could_not_be_written_ahead_never_leaves(server: sim.Server) -> None:
    sent: List[str] = []
    exchange = pooled()

    def full(lines: str) -> None:
        if '"launch"' in lines:
            raise OSError(28, "No space left on device")

    def watched(request: Any, timeout_ms: int, leaving: Any) -> Any:
        sent.append(request.url + str(request.headers))
        return exchange(request, timeout_ms, leaving)

    ran = job(server.url)
    with pytest.raises(OSError, match="No space"):
        driver.run(ran, driver.Host(watched, keys, full, ignore, lambda: None), [])
    assert sent and not any("CopyImage" in told or "SyncImages" in told for told in sent)
    assert all(row["state"] == "cancelled" for row in ran.report()["rows"])


def test_a_connection_is_kept_and_one_that_has_ended_is_not_used(server: sim.Server) -> None:
    exchange = pooled()
    ran = job(server.url)
    threads: List[str] = []

    def watched(request: Any, timeout_ms: int, leaving: Any) -> Any:
        threads.append(threading.current_thread().name)
        return exchange(request, timeout_ms, leaving)

    driver.run(ran, driver.Host(watched, keys, ignore, ignore, lambda: None), [])
    assert set(threads) == {"imgferry.send"} and ran.report()["counts"] == {"ready": 5}


def test_short_waits_come_to_an_end() -> None:
    """What `SimpleQueue.get` does not keep: its time may be over between its two tries, and then it waits for ever."""
    box: Mailbox[int] = Mailbox()
    told: List[int] = []

    def work() -> None:
        for number in range(50_000):
            assert box.take(1e-6) == []
            box.put(number)
            told.extend(box.take(None))

    # A daemon, lest a wait without end hold up the tests.
    working = threading.Thread(target=work, daemon=True)
    working.start()
    working.join(60)
    assert not working.is_alive() and told == list(range(50_000))


def test_a_mailbox_wakes_whoever_waits() -> None:
    box: Mailbox[int] = Mailbox()
    assert box.take(0) == [] and box.take(0.01) == []
    putting = [threading.Timer(0.05, box.put, [number]) for number in range(3)]
    for each in putting:
        each.start()
    came: List[int] = []
    while len(came) < 3:
        came += box.take(None)
    assert sorted(came) == [0, 1, 2] and box.take(0) == []


def test_answers_behind_a_failure_are_told_all_the_same() -> None:
    told: List[int] = []
    job: Any = SimpleNamespace(lost=lambda id, *_, now_ms: told.append(id))
    under_way = driver.UnderWay(driver.Host(lambda *_: "unsent", keys, ignore, ignore, lambda: None))
    sends: List[Any] = [driver.Pending(SimpleNamespace(id=id, request=None, timeout_ms=60_000)) for id in range(3)]  # type: ignore[arg-type]
    for id, outcome in enumerate(["unsent", ValueError("no such thing"), "unsent"]):
        under_way.pending[sends[id]] = None
        sends[id].outcome = outcome
        under_way.come.put(sends[id])
    with pytest.raises(ValueError, match="no such thing"):
        under_way.wait(job, None)
    assert told == [0, 2] and not under_way.pending


def no_more_than(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a limit of processes or memory does: so many threads send, and no more can be started."""
    start = threading.Thread.start
    begun: List[threading.Thread] = []

    def limited(thread: threading.Thread) -> None:
        if thread.name == "imgferry.send":
            if len(begun) == threads:
                raise RuntimeError("can't start new thread")
            begun.append(thread)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", limited)


@pytest.mark.parametrize("threads", [1, 2])
def test_where_there_can_be_no_more_threads_those_there_are_send(server: sim.Server, threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    no_more_than(threads, monkeypatch)
    ran = job(server.url)
    driver.run(ran, driver.Host(pooled(), keys, ignore, ignore, lambda: None), [])
    assert ran.report()["counts"] == {"ready": 5} and server.world.ledger()["violations"] == []


def test_where_there_is_no_thread_nothing_is_sent_and_the_limit_is_named(server: sim.Server, monkeypatch: pytest.MonkeyPatch) -> None:
    no_more_than(0, monkeypatch)
    ran = job(server.url)
    with pytest.raises(imgferry.Error, match="no thread") as told:
        driver.run(ran, driver.Host(pooled(), keys, ignore, ignore, lambda: None), [])
    assert "ulimit" in told.value.hint and "ulimit" in told.value.hint_zh
    assert server.world.ledger()["calls"] == [] and {row["state"] for row in ran.report()["rows"]} == {"cancelled"}
