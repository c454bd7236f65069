"""A job whose memory is in a database: one driver at a time, whatever is killed, stopped or taken over."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Optional, Sequence

import imgferry
import pytest
from imgferry import Job, Plan, Request, fleet, sim, store, tick, transport, turns
from imgferry.store import Held, State, Taken, TakenOver, Unavailable
from imgferry.store.database import Database

DESTINATIONS = ["ap-shanghai", "ap-beijing", "ap-singapore"]
PARTITION = "f:tencent:default"


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'fleet.sqlite'}"
    url: str = request.getfixturevalue("postgres")
    import psycopg

    name = f"t{time.time_ns()}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return url.rpartition("/")[0] + "/" + name


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    opened = store.open(url)
    yield opened
    opened.close()


@pytest.fixture
def clouds() -> Iterator[sim.Server]:
    with sim.Server({"copy_ms": [300, 600], "visible_after_ms": 100}) as server:
        yield server


def plan(clouds: sim.Server, **policy: Any) -> Plan:
    copies = [{"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "to": DESTINATIONS, "name": "golden"}]
    return Plan({"clouds": {"tencent": {"endpoint": clouds.url}}, "copies": copies, "policy": {"poll": "300ms", "settle": "2500ms", "backoff": "100ms", **policy}})


def begin(database: Database, clouds: sim.Server, **policy: Any) -> None:
    assert fleet.begin(database, plan(clouds, **policy), name="f").new == [PARTITION]


def drive(kept: store.Store, partition: str = PARTITION, *, send: Callable[[Request, int], Any] = transport.send, budget: float = 5.0) -> int:
    """Carries a partition to its end; how many turns it took."""
    for count in range(1, 400):
        seconds = tick(kept, partition, send, budget, credentials=sim.credentials())
        if seconds is None:
            return count
        time.sleep(seconds)
    raise AssertionError("no end")


def states(database: Database) -> Dict[str, int]:
    return fleet.report(database, PARTITION)["counts"]


def images(clouds: sim.Server) -> List[int]:
    """How many images each lane has, lanes without any left out."""
    ledger = clouds.world.ledger()
    assert ledger["violations"] == []
    return [len(lane["images"]) for lane in ledger["lanes"]]


def epochs(database: Database) -> List[int]:
    """Who wrote each piece of the journal."""
    with database.transaction() as sql:
        sql.execute("SELECT epoch FROM ferry_journal ORDER BY seq")
        return [row[0] for row in sql.fetchall()]


def is_launch(request: Request) -> bool:
    return ("X-TC-Action", "SyncImages") in request.headers


def test_a_job_is_carried_turn_by_turn(database: Database, clouds: sim.Server) -> None:
    begin(database, clouds)
    assert drive(database) > 1
    assert states(database) == {"ready": 3} and images(clouds) == [1, 1, 1]
    standing = fleet.partitions(database, "f")[0]
    assert (standing.state, standing.epoch, standing.owner) == ("ended", 1, turns.OWNER)
    assert tick(database, PARTITION, credentials=sim.credentials()) is None


def test_a_turn_without_budget_is_one_step(database: Database, clouds: sim.Server) -> None:
    begin(database, clouds)
    sent: List[str] = []

    def send(request: Request, timeout_ms: int) -> Any:
        sent.append(request.url)
        return transport.send(request, timeout_ms)

    assert tick(database, PARTITION, send, 0, credentials=sim.credentials()) == 0.0
    assert len(sent) == 1


def test_a_turn_ends_in_its_budget(database: Database, clouds: sim.Server) -> None:
    begin(database, clouds, poll="100ms")
    began = time.monotonic()
    # The job never waits for so long that the turn would end by itself.
    assert tick(database, PARTITION, budget=0.5, credentials=sim.credentials()) is not None
    assert 0.2 < time.monotonic() - began < 5


def test_every_launch_is_committed_before_it_leaves(url: str, database: Database, clouds: sim.Server) -> None:
    begin(database, clouds)
    seen = store.open(url)
    launches: List[str] = []

    def send(request: Request, timeout_ms: int) -> Any:
        if is_launch(request):
            # What another connection sees is committed.
            launches.append(seen.read(PARTITION))
        return transport.send(request, timeout_ms)

    drive(database, send=send)
    seen.close()
    assert launches and all('"launch"' in journal for journal in launches)


def test_of_two_drivers_the_fenced_one_writes_nothing(url: str, database: Database, clouds: sim.Server) -> None:
    begin(database, clouds)
    other = store.open(url)
    while not clouds.world.ledger()["lanes"]:
        assert tick(database, PARTITION, budget=0, credentials=sim.credentials()) is not None
    assert tick(other, PARTITION, budget=0, credentials=sim.credentials()) is not None
    before, calls = database.read(PARTITION), len(clouds.world.ledger()["calls"])
    with pytest.raises(TakenOver):
        tick(database, PARTITION, credentials=sim.credentials())
    assert database.read(PARTITION) == before and len(clouds.world.ledger()["calls"]) == calls
    drive(other)
    other.close()
    assert images(clouds) == [1, 1, 1] and states(database) == {"ready": 3}
    assert epochs(database) == sorted(epochs(database)) and set(epochs(database)) == {0, 1, 2}


def test_who_takes_over_keeps_its_distance(url: str, database: Database, clouds: sim.Server) -> None:
    begin(database, clouds)
    for _ in range(3):
        other = store.open(url)
        assert tick(other, PARTITION, budget=0.3, credentials=sim.credentials()) is not None
        other.close()
    drive(database)
    assert images(clouds) == [1, 1, 1]


DRIVER = """
    import os, sys, time
    from imgferry import sim, store, tick, transport
    from imgferry.store import TakenOver

    how, url, partition = sys.argv[1:]
    kept = store.open(url)
    append = kept.append

    def slowly(partition, epoch, lines):
        if how == "late":
            # As a result that an engine stores with the end of its step: this process does not come so far.
            return append(partition, epoch, "")
        held = append(partition, epoch, lines)
        if '"launch"' in lines and how == "stop":
            print("written", flush=True)
            time.sleep(0.5)
        return held

    def send(request, timeout_ms):
        launch = ("X-TC-Action", "SyncImages") in request.headers or "Action=CopyImage" in request.url
        if launch and how == "before":
            os._exit(9)
        outcome = transport.send(request, timeout_ms)
        if launch and how in ("after", "late"):
            os._exit(9)
        return outcome

    kept.append = slowly
    try:
        while (seconds := tick(kept, partition, send, credentials=sim.credentials())) is not None:
            time.sleep(seconds)
    except TakenOver:
        print("taken over", flush=True)
"""


def driver(how: str, url: str, partition: str = PARTITION) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", textwrap.dedent(DRIVER), how, url, partition], stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize("how", ["before", "after"])
def test_a_driver_that_dies_at_its_launch(url: str, database: Database, clouds: sim.Server, how: str) -> None:
    begin(database, clouds)
    with driver(how, url) as died:
        assert died.wait(timeout=60) == 9
    assert '"launch"' in database.read(PARTITION)
    assert len(images(clouds)) == (0 if how == "before" else 3)
    drive(database)
    assert images(clouds) == [1, 1, 1] and states(database) == {"ready": 3}


@pytest.mark.parametrize(("how", "made"), [("after", 1), ("late", 2)])
def test_a_word_that_is_written_late_makes_a_second_image(database: Database, url: str, how: str, made: int) -> None:
    """The control: were the journal stored with the end of the turn, this harness would see it."""
    copies = [{"cloud": "volcengine", "image": "image-4431h3l7hl31a0example", "from": "cn-beijing", "to": ["cn-shanghai"], "name": "golden"}]
    # Until an image shows: just shorter than the job gives it.
    with sim.Server({"copy_ms": 500, "visible_after_ms": 2400}) as clouds:
        of_volcengine = Plan({"clouds": {"volcengine": {"endpoint": clouds.url}}, "copies": copies, "policy": {"poll": "300ms", "settle": "2500ms"}})
        (partition,) = fleet.begin(database, of_volcengine, name="f").new
        with driver(how, url, partition) as died:
            assert died.wait(timeout=60) == 9
        drive(database, partition)
        assert [len(lane["images"]) for lane in clouds.world.ledger()["lanes"]] == [made]


def test_a_driver_that_is_stopped_and_wakes_writes_and_sends_nothing(url: str, database: Database, clouds: sim.Server) -> None:
    begin(database, clouds)
    with driver("stop", url) as stopped:
        assert stopped.stdout and stopped.stdout.readline() == "written\n"
        # Between its word and its launch.
        os.kill(stopped.pid, signal.SIGSTOP)
        try:
            drive(database)
            journal, calls = database.read(PARTITION), len(clouds.world.ledger()["calls"])
            assert images(clouds) == [1, 1, 1]
        finally:
            os.kill(stopped.pid, signal.SIGCONT)
        assert stopped.communicate(timeout=60)[0] == "taken over\n"
    assert database.read(PARTITION) == journal and len(clouds.world.ledger()["calls"]) == calls
    assert images(clouds) == [1, 1, 1]


class Failing:
    """A store whose database fails when it is asked for those times."""

    def __init__(self, kept: Database, times: Sequence[int]) -> None:
        self.kept = kept
        self.times = times
        self.asked = 0

    def fail(self) -> None:
        self.asked += 1
        if self.asked in self.times:
            raise Unavailable("gone for a moment")

    def take(self, partition: str, owner: str) -> Optional[Taken]:
        self.fail()
        return self.kept.take(partition, owner)

    def append(self, partition: str, epoch: int, lines: str) -> Held:
        self.fail()
        return self.kept.append(partition, epoch, lines)

    def replace(self, partition: str, epoch: int, journal: str) -> Held:
        self.fail()
        return self.kept.replace(partition, epoch, journal)

    def end(self, partition: str, epoch: int, lines: str, state: State = "ended", note: str = "") -> Held:
        self.fail()
        return self.kept.end(partition, epoch, lines, state, note)


def test_a_database_that_fails_costs_a_second_and_nothing_else(database: Database, clouds: sim.Server) -> None:
    begin(database, clouds)
    failing = Failing(database, (1, 4, 12, 24, 27))
    drive(failing)
    assert failing.asked > 27
    assert images(clouds) == [1, 1, 1] and states(database) == {"ready": 3}


def test_a_server_that_ends_our_connections_is_asked_again(postgres: str, clouds: sim.Server) -> None:
    import psycopg

    kept = store.open(postgres)
    fleet.begin(kept, plan(clouds), name="f")
    assert tick(kept, PARTITION, budget=0, credentials=sim.credentials()) == 0.0
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'imgferry'")
    assert tick(kept, PARTITION, budget=0, credentials=sim.credentials()) == turns.AGAIN_S
    drive(kept)
    kept.close()
    assert images(clouds) == [1, 1, 1]


def test_what_is_cancelled_launches_nothing_more(database: Database, clouds: sim.Server) -> None:
    begin(database, clouds)
    assert tick(database, PARTITION, budget=0, credentials=sim.credentials()) == 0.0
    assert database.cancel(PARTITION)
    drive(database)
    assert images(clouds) == [] and states(database) == {"cancelled": 3}
    assert not database.cancel(PARTITION)


def test_what_is_launched_is_left_running_by_a_cancellation(database: Database, clouds: sim.Server) -> None:
    begin(database, clouds)
    while not clouds.world.ledger()["lanes"]:
        assert tick(database, PARTITION, budget=0, credentials=sim.credentials()) is not None
    database.cancel(PARTITION)
    drive(database)
    assert images(clouds) == [1, 1, 1] and set(states(database)) <= {"unfinished", "ready"}


def test_a_long_journal_is_written_anew(database: Database, clouds: sim.Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "LONG", 0)
    monkeypatch.setattr(turns, "GROWTH", 1)
    begin(database, clouds)
    lengths = [len(database.read(PARTITION))]
    while (seconds := tick(database, PARTITION, credentials=sim.credentials())) is not None:
        lengths.append(len(epochs(database)))
        time.sleep(seconds)
    assert lengths[1] == 1, "one piece after the first turn"
    assert states(database) == {"ready": 3} and images(clouds) == [1, 1, 1]


def test_a_journal_that_cannot_be_gone_on_with_is_noted(database: Database, clouds: sim.Server) -> None:
    database.begin(PARTITION, "no journal\n", fleet="f", cloud="tencent", account="default")
    assert tick(database, PARTITION, credentials=sim.credentials()) is None
    standing = fleet.partitions(database, "f")[0]
    assert standing.state == "broken" and standing.note


def test_a_host_that_nobody_trusts_gets_nothing(database: Database) -> None:
    trusted = Plan(
        {
            "clouds": {"tencent": {"endpoint": "https://gateway.example", "sign_host": "official"}},
            "copies": [{"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "to": ["ap-shanghai"], "name": "x"}],
        },
        trusted_hosts=["gateway.example"],
    )
    fleet.begin(database, trusted, name="f", trusted_hosts=["gateway.example"])
    assert tick(database, PARTITION, lambda *_: pytest.fail("sent"), credentials=sim.credentials()) is None
    assert "gateway.example" in fleet.partitions(database, "f")[0].note


def test_a_partition_that_is_not_there(database: Database) -> None:
    with pytest.raises(imgferry.Error) as error:
        tick(database, "nowhere", credentials=sim.credentials())
    assert error.value.code == "partition"


def test_what_send_raises_is_raised(database: Database, clouds: sim.Server) -> None:
    begin(database, clouds)

    def send(_request: Request, _timeout_ms: int) -> Any:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        tick(database, PARTITION, send, credentials=sim.credentials())
    drive(database)
    assert images(clouds) == [1, 1, 1]


def test_a_plan_is_one_fleet_a_day(database: Database, clouds: sim.Server) -> None:
    first = fleet.begin(database, plan(clouds))
    again = fleet.begin(database, plan(clouds))
    assert first.name == again.name and first.new and not again.new
    other = fleet.begin(database, plan(clouds), accounts={"tencent": "prod"})
    assert other.new == [f"{first.name}:tencent:prod"]


def test_a_url_that_names_no_database(tmp_path: Path) -> None:
    for url in ("", "mysql://root:EXAMPLE-SECRET@127.0.0.1/x", f"sqlite:///{tmp_path}/none/x.sqlite"):
        with pytest.raises(imgferry.Error) as error:
            store.open(url)
        assert error.value.code == "database" and "EXAMPLE-SECRET" not in str(error.value)


def test_a_password_is_not_shown() -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(imgferry.Error) as error:
        store.open("postgresql://ferry:EXAMPLE-SECRET@127.0.0.1:1/x")
    assert error.value.code == "database" and "EXAMPLE-SECRET" not in str(error.value)
