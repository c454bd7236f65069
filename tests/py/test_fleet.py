"""Fleets: a plan in a database, workers that are killed, and clouds that count. `make fleet` is the long form."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Dict, Iterator, List

import imgferry
import pytest
from conftest import KEYS, Cli
from imgferry import sim, store
from imgferry.store.sqlite import unusable

sys.path.insert(0, str(Path(__file__).parents[1] / "fleet"))

pytest.importorskip("dbos", reason="workers need DBOS: pip install 'imgferry[dbos]'")

ENVIRONMENT = {**KEYS, "TENCENTCLOUD_SECRET_KEY": "EXAMPLE-SECRET-TENCENT", "VOLCENGINE_SECRET_KEY": "EXAMPLE-SECRET-VOLCENGINE"}


def plan(clouds: sim.Server, folder: Path, **policy: str) -> str:
    copies = [
        {"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "to": ["ap-shanghai", "ap-beijing"], "name": "golden"},
        {"cloud": "volcengine", "image": "image-4431h3l7hl31a0example", "from": "cn-beijing", "to": ["cn-shanghai"], "name": "golden"},
    ]
    endpoints = {cloud: {"endpoint": clouds.url} for cloud in ("tencent", "volcengine")}
    file = folder / "plan.json"
    file.write_text(json.dumps({"clouds": endpoints, "copies": copies, "policy": {"poll": "300ms", "settle": "2s", **policy}}))
    return str(file)


@pytest.fixture
def clouds() -> Iterator[sim.Server]:
    with sim.Server({"copy_ms": [300, 600], "visible_after_ms": 100}) as server:
        yield server


def images(clouds: sim.Server) -> List[int]:
    return [len(lane["images"]) for lane in clouds.world.ledger()["lanes"]]


def worker(cli: Cli, *arguments: str, env: Dict[str, str]) -> subprocess.Popen[str]:
    environment = {"PATH": os.environ["PATH"], "HOME": str(cli.home), **ENVIRONMENT, **env}
    return subprocess.Popen([sys.executable, "-m", "imgferry", "worker", *arguments], env=environment, cwd=cli.home, stderr=subprocess.PIPE, text=True)


def test_a_fleet_from_the_command_line(cli: Cli, clouds: sim.Server, tmp_path: Path) -> None:
    file = plan(clouds, tmp_path)
    begun = cli("fleet", file, env=ENVIRONMENT)
    assert begun.code == 0, begun.err
    name = begun.out.strip()
    again = cli("fleet", file, env=ENVIRONMENT)
    assert again.out.strip() == name and "already" in again.err
    rows = json.loads(cli("fleet", "status", "--output", "json", env=ENVIRONMENT).out)
    assert [(row["partition"], row["state"]) for row in rows] == [(f"{name}:tencent:default", "queued"), (f"{name}:volcengine:default", "queued")]
    head, *partitions = cli("fleet", "status", "--lang", "zh", env=ENVIRONMENT).out.splitlines()
    assert head.split() == ["分区", "状态", "目标", "执行者"] and all("排队" in partition and "检查源" in partition for partition in partitions), partitions
    unfinished = cli("fleet", "status", name, env=ENVIRONMENT)
    assert unfinished.code == 6
    worked = cli("worker", "--until-idle", env=ENVIRONMENT)
    assert worked.code == 0 and "over" in worked.err, worked.err
    done = cli("fleet", "status", name, "--output", "json", env=ENVIRONMENT)
    assert done.code == 0 and json.loads(done.out)["counts"] == {"ready": 3}
    assert images(clouds) == [1, 1, 1] and clouds.world.ledger()["violations"] == []


def test_what_is_cancelled_can_be_taken_up_again(cli: Cli, clouds: sim.Server, tmp_path: Path) -> None:
    name = cli("fleet", plan(clouds, tmp_path), "--fleet", "weekly", env=ENVIRONMENT).out.strip()
    assert name == "weekly"
    assert "2 partitions" in cli("fleet", "cancel", "weekly", env=ENVIRONMENT).out
    assert cli("worker", "--until-idle", env=ENVIRONMENT).code == 0
    assert images(clouds) == []
    assert "2 partitions" in cli("fleet", "resume", "weekly", env=ENVIRONMENT).out
    assert cli("worker", "--until-idle", env=ENVIRONMENT).code == 0
    assert images(clouds) == [1, 1, 1]
    assert "0 partitions" in cli("fleet", "cancel", "weekly", env=ENVIRONMENT).out


def test_accounts_are_found_where_the_worker_runs(cli: Cli, tmp_path: Path) -> None:
    keys = {"tencent": [{"id": "AKIDEXAMPLEPROD", "secret": "EXAMPLE-SECRET-PROD"}]}
    with sim.Server({"copy_ms": 300, "visible_after_ms": 100, "credentials": keys}) as clouds:
        (tmp_path / "accounts.json").write_text(json.dumps({"accounts": [{"name": "prod", "cloud": "tencent", "env": ["PROD_ID", "PROD_SECRET"]}]}))
        where = ("--from", "ap-guangzhou", "--to", "ap-shanghai", "--endpoint", clouds.url, "--poll", "200ms", "--name", "x")
        begun = cli("fleet", "--cloud", "tencent", "--image", "img-o3ycss2p", *where, "--accounts", "accounts.json", "--account", "prod", env=ENVIRONMENT)
        assert begun.code == 0, begun.err
        (row,) = json.loads(cli("fleet", "status", "--output", "json", env=ENVIRONMENT).out)
        assert row["partition"].endswith(":tencent:prod")
        prod = {**ENVIRONMENT, "PROD_ID": "AKIDEXAMPLEPROD", "PROD_SECRET": "EXAMPLE-SECRET-PROD"}
        ran = cli("worker", "--until-idle", "--accounts", "accounts.json", env=prod)
        assert ran.code == 0, ran.err
        assert {call["key"] for call in clouds.world.ledger()["calls"]} == {"AKIDEXAMPLEPROD"}
        assert images(clouds) == [1]


def test_two_fleets_on_one_account_are_carried_one_after_the_other(cli: Cli, tmp_path: Path) -> None:
    with sim.Server({"copy_ms": [300, 600], "visible_after_ms": 100, "limits": {"volcengine.CopyImage": 4}}) as clouds:
        for name in ("first", "second"):
            where = ("--from", "cn-beijing", "--to", "cn-shanghai,cn-guangzhou", "--endpoint", clouds.url, "--poll", "300ms", "--name", name)
            image = "image-4431h3l7hl31a0example"
            begun = cli("fleet", "--fleet", name, "--cloud", "volcengine", "--image", image, *where, env=ENVIRONMENT)
            assert begun.code == 0, begun.err
        assert cli("worker", "--until-idle", env=ENVIRONMENT).code == 0
        ledger = clouds.world.ledger()
        launched = [call["at_ms"] for call in ledger["calls"] if call["action"] == "CopyImage"]
        over = [json.loads(cli("fleet", "status", name, "--output", "json", env=ENVIRONMENT).out)["counts"] for name in ("first", "second")]
    assert over == [{"ready": 2}, {"ready": 2}] and ledger["violations"] == []
    assert launched[2] - launched[1] > 600, "the second began when the first was over"


def test_a_worker_that_is_asked_to_end_leaves_the_rest_to_the_next(cli: Cli, tmp_path: Path) -> None:
    with sim.Server({"copy_ms": 600_000, "visible_after_ms": 100}) as clouds:
        cli("fleet", plan(clouds, tmp_path), "--fleet", "f", env=ENVIRONMENT)
        with worker(cli, env={}) as first:
            until = time.monotonic() + 60
            while not clouds.world.ledger()["lanes"] and time.monotonic() < until:
                time.sleep(0.05)
            second = cli("worker", "--until-idle", env=ENVIRONMENT)
            assert second.code == 6 and "in use by another process" in second.err, "one worker for a SQLite file"
            first.send_signal(signal.SIGTERM)
            assert first.wait(timeout=60) == 0
        calls = len(clouds.world.ledger()["calls"])
        cli("fleet", "cancel", "f", env=ENVIRONMENT)
        assert len(clouds.world.ledger()["calls"]) == calls
        # The next one carries out what is left: nothing is launched any more, what is launched is left running.
        assert cli("worker", "--until-idle", env=ENVIRONMENT).code == 0
        assert cli("fleet", "status", "f", env=ENVIRONMENT).code == 6
        assert set(images(clouds)) == {1}


def test_mistakes_are_told(cli: Cli, clouds: sim.Server, tmp_path: Path) -> None:
    file = plan(clouds, tmp_path)
    for arguments, word in (
        (("fleet", "status", "nowhere"), "no fleet nowhere"),
        (("fleet", "cancel"), "which fleet"),
        (("fleet", file, "weekly"), "--fleet"),
        (("fleet", file, "--fleet", "a:b"), "colons"),
        (("fleet", file, "--database", "mysql://x"), "sqlite:///"),
        (("worker", "--slots", "0"), "--slots"),
    ):
        ran = cli(*arguments, env=ENVIRONMENT)
        assert ran.code == 5 and word in ran.err, (arguments, ran.err)


def test_workers_are_killed_and_stopped_and_nothing_is_lost_or_made_twice(postgres: str) -> None:
    from storm import SHORT, Storm

    with Storm(postgres, SHORT) as storm:
        figures = storm.run(workers=2, kills=3, every_s=2, deadline_s=120)
    assert (figures.duplicates, figures.missing, figures.broken) == (0, 0, [])
    assert figures.kills == 3


def test_a_worker_that_left_the_network_writes_nothing_when_it_is_back(postgres: str) -> None:
    from storm import SHORT, Storm

    with Storm(postgres, SHORT) as storm:
        storm.begin()
        storm.start()
        until = time.monotonic() + 30
        while sum(standing.epoch for standing in storm.standings()) < 3 and time.monotonic() < until:
            time.sleep(0.1)
        storm.start()
        time.sleep(2)
        taken, written = storm.wake()
        assert taken > 0 and written == 0
        until = time.monotonic() + 90
        while any(standing.state == "open" for standing in storm.standings()) and time.monotonic() < until:
            time.sleep(0.2)
        figures = storm.figures(0, 0, [], [])
    assert (figures.duplicates, figures.missing, figures.broken) == (0, 0, [])


def test_a_file_that_is_no_database_of_ours_is_told_with_its_own_next_step(tmp_path: Path) -> None:
    junk, folder = tmp_path / "junk", tmp_path / "folder"
    junk.write_bytes(b"no database at all, but long enough to be looked at\n" * 200)
    folder.mkdir()
    for path, message, hint in ((junk, "file is not a database", "name another file"), (folder, "unable to open database file", "a folder that can be written")):
        with pytest.raises(imgferry.Error) as caught:
            store.open(f"sqlite:///{path}")
        assert caught.value.message == f"{path}: {message}" and hint in caught.value.hint and caught.value.hint_zh, caught.value
    for message, hint in (("database is locked", "another process is at work on it"), ("database or disk is full", "make room")):
        assert hint in unusable(junk, message).hint
