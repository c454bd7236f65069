"""A journal is kept without being asked for; the same line again goes on, or starts the next."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Dict, Iterator, List

import imgferry
import pytest
from conftest import Cli
from imgferry import runs, sim


#: The keys that the simulator knows, where the command line looks for them.
TENCENT = next((id, secret) for cloud, id, secret in imgferry._imgferry.example_keys() if cloud == "tencent")
KEYS = {"TENCENTCLOUD_SECRET_ID": TENCENT[0], "TENCENTCLOUD_SECRET_KEY": TENCENT[1]}


@pytest.fixture
def server() -> Iterator[sim.Server]:
    with sim.Server({"copy_ms": 1500, "seed": 1}) as server:
        yield server


@pytest.fixture
def slow() -> Iterator[sim.Server]:
    """Copies that go on while other commands start, on a busy machine too."""
    with sim.Server({"copy_ms": 8_000, "seed": 1}) as server:
        yield server


def plan(server: sim.Server, name: str = "golden") -> Dict[str, Any]:
    copies = [{"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "to": ["ap-shanghai", "ap-singapore"], "name": name}]
    return {"copies": copies, "clouds": {"tencent": {"endpoint": server.url}}, "policy": {"poll": "300ms", "settle": "1s"}}


def written(server: sim.Server, folder: Path) -> str:
    (folder / "plan.json").write_text(json.dumps(plan(server)), encoding="utf-8")
    return "plan.json"


def kept(cli: Cli) -> List[Dict[str, Any]]:
    listed = cli("list", "--output", "json")
    assert listed.code == 0, listed.err
    rows: List[Dict[str, Any]] = json.loads(listed.out)
    return rows


def test_each_run_of_the_same_line_is_kept(cli: Cli, server: sim.Server, tmp_path: Path) -> None:
    line = ("copy", written(server, tmp_path))
    assert cli("list").code == 0
    for count in (1, 2):
        ran = cli(*line, env=KEYS)
        assert ran.code == 0, ran.err
        assert len(kept(cli)) == count
    newest, first = kept(cli)
    assert newest["run"] == f"{first['run']}-2"
    assert newest["state"] == first["state"] == "ready" and first["counts"] == {"ready": 2} and newest["counts"] == {"present": 2}
    assert Path(first["journal"]).parent == tmp_path / ".local/state/imgferry"
    assert first["run"] in cli("list").out
    assert cli("status", first["run"]).code == 0


def test_what_was_cut_off_is_gone_on_with_and_launched_once(cli: Cli, slow: sim.Server, tmp_path: Path) -> None:
    name = written(slow, tmp_path)
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), **KEYS}
    running = subprocess.Popen([sys.executable, "-m", "imgferry", "copy", name, "-v"], cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True)
    assert running.stderr
    for said in running.stderr:
        if "launched" in said or "copying" in said or "progress" in said:
            break
    second = cli("copy", name, env=KEYS)
    assert second.code == 6 and "in use by another process" in second.err
    (row,) = kept(cli)
    assert row["state"] == "running"
    running.send_signal(signal.SIGKILL)
    running.communicate()
    (row,) = kept(cli)
    assert row["state"] == "unfinished"
    watched = cli("watch", row["run"])
    assert watched.code == 6 and f"imgferry resume {row['run']}" in watched.err
    again = cli("copy", name, env=KEYS)
    assert again.code == 0 and f"going on with {row['run']}" in again.err
    (row,) = kept(cli)
    assert row["state"] == "ready" and row["counts"] == {"ready": 2}
    launches = json.loads(cli("status", row["run"], "--output", "json").out)["rows"]
    assert [lane["launches"] for lane in launches] == [1, 1]
    assert cli("watch", row["run"]).code == 0


def test_a_folder_that_cannot_be_used_is_one_sentence(cli: Cli, server: sim.Server, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    ran = cli("copy", written(server, tmp_path), env={**KEYS, "XDG_STATE_HOME": str(tmp_path / "file")})
    assert ran.code == 5 and "cannot be kept in" in ran.err and "--journal FILE" in ran.err
    assert "Traceback" not in ran.err
    assert cli("copy", "plan.json", "--no-journal", env={**KEYS, "XDG_STATE_HOME": str(tmp_path / "file")}).code == 0


def test_copy_in_python_needs_neither_clock_nor_seed(server: sim.Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    credentials = sim.credentials()
    report = imgferry.copy(plan(server), credentials)
    assert report["exit_code"] == 0 and {row["state"] for row in report["rows"]} == {"ready"}
    (run,) = runs.all_runs()
    assert run.report()["counts"] == {"ready": 2} and not run.is_held
    with pytest.raises(imgferry.Error, match="the plan is not valid"):
        imgferry.copy({**plan(server), "copies": [{**plan(server)["copies"][0], "image": "nonsense"}]}, credentials)
    named = tmp_path / "named.journal"
    assert imgferry.copy(plan(server, "other"), credentials, journal=named)["exit_code"] == 0
    assert named.exists() and len(runs.all_runs()) == 1


def test_another_day_is_another_run(server: sim.Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    made = imgferry.Plan(plan(server))
    clock = [time.time_ns() // 1_000_000]
    monkeypatch.setattr(runs, "now_ms", lambda: clock[0])
    names = []
    for _ in range(2):
        begun = runs.begin(made, seed=1)
        # Something must stand in it, or it goes.
        begun.job.poll({"tencent": imgferry.Credentials("AKIDEXAMPLE", "EXAMPLE-SECRET-NOT-REAL-T")}, now_ms=clock[0])
        begun.journal(begun.job.take_journal())
        begun.journal.close()
        names.append((begun.name, begun.earlier))
        clock[0] += 86_400_000
    # The first is not over: it is gone on with the next day, under its own name.
    assert names == [(names[0][0], False), (names[0][0], True)]


def test_names_of_another_day_are_overtaken(server: sim.Server) -> None:
    now = time.time_ns() // 1_000_000
    day = runs.today(now)
    for name, dated in (("golden", False), ("golden-{date}", True)):
        made = imgferry.Plan(plan(server, name))
        assert not runs.overtaken(f"{day}-{runs.digest(made)}", made, now)
        assert runs.overtaken(f"2026-01-02-{runs.digest(made)}", made, now) is dated


def test_a_run_of_yesterday_is_ended_before_that_of_today(server: sim.Server, monkeypatch: pytest.MonkeyPatch) -> None:
    made, yesterday = imgferry.Plan(plan(server, "golden-{date}")), time.time_ns() // 1_000_000 - 86_400_000
    with monkeypatch.context() as earlier:
        earlier.setattr(runs, "now_ms", lambda: yesterday)
        begun = runs.begin(made, seed=1)
        begun.job.poll(sim.credentials(), now_ms=yesterday)
        begun.journal(begun.job.take_journal())
        begun.journal.close()
    report = imgferry.copy(made, sim.credentials())
    today, first = runs.all_runs()
    assert today.report()["rows"][0]["name"] == report["rows"][0]["name"] == f"golden-{time.strftime('%Y-%m-%d', time.gmtime())}"
    assert first.report()["rows"][0]["name"] == f"golden-{time.strftime('%Y-%m-%d', time.gmtime(yesterday / 1000))}"
    assert first.report()["counts"] == today.report()["counts"] == {"ready": 2}


def test_a_state_folder_that_cannot_be_read_is_not_an_empty_one(cli: Cli) -> None:
    (cli.home / "state").mkdir()
    (cli.home / "state" / "imgferry").write_text("no folder", encoding="utf-8")
    ran = cli("list", env={"XDG_STATE_HOME": str(cli.home / "state")})
    assert ran.code == 5 and f"{cli.home}/state/imgferry: Not a directory" in ran.err, ran
