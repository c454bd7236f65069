"""The commands that replicate, against the simulator over real HTTP: results, exit codes, journals and kills."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional

import imgferry
import pytest
from conftest import Cli, Ran
from imgferry import sim

SCENARIO: Dict[str, Any] = {"copy_ms": 300, "visible_after_ms": 50}
QUICK = ["--poll", "100ms", "--settle", "300ms", "--visible", "2s", "--backoff", "100ms", "--backoff-max", "300ms"]
ONE = ["--cloud", "tencent", "--image", "img-o3ycss2p", "--from", "ap-guangzhou", "--name", "golden"]
PLAN = {
    "copies": [
        {"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "to": ["ap-shanghai", "ap-beijing"], "name": "golden"},
        {"cloud": "volcengine", "image": "image-4431h3l7hl31a0example", "from": "cn-beijing", "to": ["cn-shanghai"], "name": "golden"},
        {
            "cloud": "huawei",
            "image": "465076de-dc36-4aec-80f5-ef9d8009428f",
            "from": "cn-north-4",
            "to": ["cn-south-1"],
            "name": "golden",
            "params": {"agency_name": "ims_copy_image"},
        },
    ]
}
#: The keys that the simulator knows, where the command line looks for them.
KEYS = {
    name: value
    for cloud, id, secret in imgferry._imgferry.example_keys()
    for name, value in zip(imgferry.credentials.ENVIRONMENT[cloud][0][:2], (id, secret))
}


@pytest.fixture
def server() -> Iterator[sim.Server]:
    with sim.Server(SCENARIO) as serving:
        yield serving


def images_made(server: sim.Server) -> List[int]:
    return [len(lane["images"]) for lane in server.world.ledger()["lanes"]]


def copy(cli: Cli, url: str, *arguments: str, env: Optional[Dict[str, str]] = None) -> Ran:
    return cli("copy", *arguments, "--endpoint", url, *QUICK, env={**KEYS, **(env or {})})


def test_by_options(cli: Cli, server: sim.Server) -> None:
    ran = copy(cli, server.url, *ONE, "--to", "ap-shanghai,ap-beijing")
    assert ran.code == 0, ran
    head, *rows = ran.out.splitlines()
    assert head.split() == ["CLOUD", "FROM", "TO", "NAME", "STATE", "NEW", "IMAGE"]
    assert [row.split()[2] for row in rows] == ["ap-shanghai", "ap-beijing"] and all(row.split()[-1].startswith("img-") for row in rows)
    # On no terminal only what nobody expects is told on the way.
    assert ran.err == "2 destinations: 2 ready\n"
    assert images_made(server) == [1, 1]


@pytest.mark.parametrize("form", ["json", "yaml", "stdin"])
def test_by_plan(cli: Cli, server: sim.Server, form: str) -> None:
    file = cli.home / f"plan.{form}"
    if form == "yaml":
        from ruamel.yaml import YAML

        YAML(typ="safe", pure=True).dump(PLAN, file)
    else:
        file.write_text(json.dumps(PLAN), encoding="utf-8")
    arguments = ["copy", "-" if form == "stdin" else str(file), "--endpoint", server.url, *QUICK, "--output", "json"]
    ran = cli(*arguments, stdin=json.dumps(PLAN) if form == "stdin" else "", env=KEYS)
    report = json.loads(ran.out)
    assert (ran.code, report["exit_code"], report["counts"]) == (0, 0, {"ready": 4})
    assert all(json.loads(line)["event"] for line in ran.err.splitlines())
    assert images_made(server) == [1, 1, 1, 1]


def test_json_lines_give_a_row_a_line(cli: Cli, server: sim.Server) -> None:
    ran = copy(cli, server.url, *ONE, "--to", "ap-shanghai", "--output", "jsonl")
    (row,) = map(json.loads, ran.out.splitlines())
    assert (row["state"], row["to"]) == ("ready", "ap-shanghai")


def test_export(cli: Cli, server: sim.Server) -> None:
    ran = cli(
        *("export", "--cloud", "tencent", "--image", "img-72n9mi0y", "--from", "ap-guangzhou", "--name", "golden"),
        *("--param", "BucketName=images-1250000000", "--endpoint", server.url, *QUICK),
        env=KEYS,
    )
    assert ran.code == 0 and "ready" in ran.out, ran


@pytest.mark.parametrize(
    ("scenario", "arguments", "code", "state"),
    [
        ({"script": [{"cloud": "tencent", "action": "SyncImages", "nth": 0, "fault": "copy_fails"}], "faults": {"copy_fails": 1.0}}, [], 4, "failed"),
        ({"faults": {"stuck": 1.0}}, ["--deadline", "1s"], 6, "unfinished"),
        ({"script": [{"cloud": "tencent", "action": "SyncImages", "nth": 1, "fault": "lost_before"}]}, ["--ambiguity", "stop"], 7, "ambiguous"),
        ({"script": [{"cloud": "tencent", "action": "SyncImages", "nth": 1, "fault": "lost_after"}]}, [], 0, "ready"),
        ({"script": [{"cloud": "tencent", "action": "SyncImages", "nth": 1, "fault": "lost_before"}]}, [], 0, "ready"),
        ({"credentials": {"tencent": {"id": "AKIDEXAMPLE", "secret": "EXAMPLE-ANOTHER"}}}, [], 5, "cancelled"),
    ],
    ids=["copy_fails", "deadline", "ambiguous_and_stopped", "answer_lost_after", "answer_lost_before", "wrong_secret"],
)
def test_exit_codes(cli: Cli, scenario: Dict[str, Any], arguments: List[str], code: int, state: str) -> None:
    scenario = {key: value for key, value in scenario.items() if not (key == "script" and "faults" in scenario)}
    with sim.Server({**SCENARIO, **scenario}) as server:
        ran = copy(cli, server.url, *ONE, "--to", "ap-shanghai", "--output", "json", *arguments)
        report = json.loads(ran.out)
        assert (ran.code, report["rows"][0]["state"]) == (code, state), ran
        assert all(made <= 1 for made in images_made(server))
    if code in (4, 5, 7):
        assert report["rows"][0]["error"]["hint"] and report["rows"][0]["error"]["hint_zh"]


def test_one_failed_destination_takes_no_other_with_it(cli: Cli) -> None:
    with sim.Server({**SCENARIO, "no_copy": {"volcengine": ["cn-shanghai"]}}) as server:
        plan = {"copies": PLAN["copies"][:2]}
        (cli.home / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
        ran = copy(cli, server.url, "plan.json")
        assert ran.code == 3, ran
        assert ran.out.count("ready") == 2 and "volcengine cn-shanghai:" in ran.out


def test_the_endpoint_of_one_cloud(cli: Cli, server: sim.Server) -> None:
    ran = cli("copy", *ONE, "--to", "ap-shanghai", "--endpoint", "http://127.0.0.1:1", "--endpoint", f"tencent={server.url}", *QUICK, env=KEYS)
    assert ran.code == 0, ran


WRONG: List[tuple[List[str], List[str]]] = [
    ([], ["PLAN", "--cloud", "--image", "--from", "--to"]),
    (["none.json"], ["none.json"]),
    ([*ONE], ["--to"]),
    ([*ONE, "--to", "ap-shanghai", "--poll", "soon"], ["policy.poll", "duration"]),
    ([*ONE, "--to", "ap-shanghai", "--poll", "0s"], ["policy.poll"]),
    ([*ONE, "--to", "ap-shanghai", "--rate", "tencent.SyncImages"], ["--rate", "NAME=N"]),
    ([*ONE, "--to", "ap-shanghai", "--rate", "tencent.Fly=5"], ["policy.rates"]),
    ([*ONE, "--to", "ap-shanghai", "--concurrency", "many"], ["policy.concurrency"]),
    ([*ONE, "--to", "ap-shanghai", "--ambiguity", "maybe"], ["policy.ambiguity"]),
    ([*ONE, "--to", "ap-shanghai", "--param", "Nothing=1"], ["Nothing"]),
    ([*ONE, "--to", "ap-shanghai", "--param", "DestinationRegions=x"], ["DestinationRegions"]),
    ([*ONE, "--to", ","], ["copies[0].to"]),
    (["--cloud", "aws", "--image", "i", "--from", "a", "--to", "b"], ["aws", "tencent"]),
    ([*ONE[:-1], "x" * 200, "--to", "ap-shanghai"], ["ImageName"]),
    ([*ONE, "--to", "ap-shanghai", "--endpoint", "http://sim.example.com"], ["--allow-http"]),
    ([*ONE, "--to", "ap-shanghai", "--project", "cn-north-4"], ["--project"]),
]


@pytest.mark.parametrize(("arguments", "words"), WRONG, ids=[" ".join(arguments[-2:]) or "nothing" for arguments, _ in WRONG])
def test_wrong_plans(cli: Cli, server: sim.Server, arguments: List[str], words: List[str]) -> None:
    if "--project" in words:
        arguments = ["--cloud", "huawei", *arguments[2:]]
    ran = cli("copy", *arguments, *([] if "--endpoint" in arguments else ["--endpoint", server.url]), env=KEYS)
    assert (ran.code, ran.out) == (5, ""), ran
    assert all(word in ran.err for word in words) and "Traceback" not in ran.err, ran.err
    assert server.world.ledger()["totals"] == {}


@pytest.mark.parametrize("text", ["", "[]", "{", "{\"copies\": NaN}", "[" * 100_000, "copies: [", "\u0000", "- - -", "!!python/object:os.system {}"])
@pytest.mark.parametrize("suffix", ["json", "yaml"])
def test_wrong_files(cli: Cli, text: str, suffix: str) -> None:
    (cli.home / f"plan.{suffix}").write_text(text, encoding="utf-8")
    for command in ("copy", "check", "export"):
        ran = cli(command, f"plan.{suffix}", env=KEYS)
        assert ran.code == 5 and "Traceback" not in ran.err and (ran.err.startswith("error: ") or "plan." in ran.out), ran


@pytest.mark.parametrize("name, text", [("plan.json", '{"copies": [], "copies": []}'), ("plan.yaml", "copies: []\ncopies: []\n")])
def test_a_key_that_is_there_twice_is_refused(cli: Cli, name: str, text: str) -> None:
    (cli.home / name).write_text(text, encoding="utf-8")
    ran = cli("copy", name, env=KEYS)
    assert ran.code == 5 and "'copies' is there twice" in ran.err and "Traceback" not in ran.err, ran


def test_keys_are_asked_for_before_anything_is_sent(cli: Cli, server: sim.Server) -> None:
    ran = cli("copy", *ONE, "--to", "ap-shanghai", "--endpoint", server.url, keys=False)
    assert ran.code == 5 and "TENCENTCLOUD_SECRET_ID" in ran.err and server.world.ledger()["totals"] == {}


def test_check_tells_all_findings_at_once(cli: Cli) -> None:
    plan = {"copies": [{"cloud": "tencent", "image": "bad id", "from": "nowhere", "to": ["ap-shanghai"], "name": "x" * 99}, {"cloud": "aws"}]}
    (cli.home / "form.json").write_text(json.dumps(plan), encoding="utf-8")
    ran = cli("check", "form.json", "--output", "json")
    assert ran.code == 5 and {"copies[1].cloud", "copies[1].image"} <= {problem["path"] for problem in json.loads(ran.out)}
    plan["copies"].pop()
    (cli.home / "rules.json").write_text(json.dumps(plan), encoding="utf-8")
    ran = cli("check", "rules.json", "--output", "json", keys=False)
    rules = {problem["rule"] for problem in json.loads(ran.out) if problem["severity"] == "error"}
    assert ran.code == 5 and len(rules) >= 2, ran
    ran = cli("check", *ONE, "--to", "ap-shanghai", keys=False)
    assert ran.code == 0 and "0 errors" in ran.out


def begin(cli: Cli, url: str, *arguments: str) -> subprocess.Popen[bytes]:
    """Starts a command and does not wait for it."""
    command = [sys.executable, "-m", "imgferry", *arguments]
    env = {"PATH": os.environ["PATH"], "HOME": str(cli.home), **KEYS}
    return subprocess.Popen(command, env=env, cwd=cli.home, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_ctrl_c_leaves_a_journal_and_says_so(cli: Cli) -> None:
    with sim.Server({**SCENARIO, "copy_ms": 2_000}) as server:
        running = begin(cli, server.url, "copy", *ONE, "--to", "ap-shanghai", "--endpoint", server.url, *QUICK, "--journal", "j", "-v")
        assert running.stderr is not None
        assert any(b"launched" in line for line in iter(running.stderr.readline, b""))
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
        assert running.returncode == 6 and b"imgferry resume j" in err and b"unfinished" in out and b"Traceback" not in err, (out, err)
        status = cli("status", "j", "--output", "json")
        assert status.code == 6 and json.loads(status.out)["rows"][0]["launches"] == 1
        ran = cli("resume", "j", env=KEYS)
        assert ran.code == 0 and images_made(server) == [1], ran
        assert cli("status", "j").code == 0


def test_resume_says_what_is_wrong_with_a_journal(cli: Cli) -> None:
    (cli.home / "empty").write_text("", encoding="utf-8")
    (cli.home / "noise").write_text("hello\nworld\n", encoding="utf-8")
    # Of noise nobody knows whether it told of a launch.
    for name, word, code in (("none", "none", 5), ("empty", "journal", 5), ("noise", "line 1", 7)):
        for command in ("resume", "status"):
            ran = cli(command, name, env=KEYS)
            assert ran.code == code and word in ran.err and "Traceback" not in ran.err, ran


@pytest.mark.parametrize("seed", range(6))
def test_killed_at_random_times_and_resumed(cli: Cli, seed: int) -> None:
    dice = random.Random(seed)
    faults = {"lost_after": 0.05, "lost_before": 0.05, "http_500_after": 0.05, "throttle": 0.05}
    with sim.Server({**SCENARIO, "seed": seed, "copy_ms": 600, "faults": faults}) as server:
        (cli.home / "plan.json").write_text(json.dumps(PLAN), encoding="utf-8")
        journal = cli.home / "j"
        arguments = ["copy", "plan.json", "--endpoint", server.url, *QUICK, "--journal", str(journal)]
        for _ in range(8):
            running = begin(cli, server.url, *arguments)
            try:
                running.communicate(timeout=dice.uniform(0.1, 1.5))
            except subprocess.TimeoutExpired:
                running.kill()
                running.communicate()
            # Killed before its first line was on disk, nothing was sent: the copy begins anew.
            if journal.exists() and journal.stat().st_size:
                arguments = ["resume", str(journal)]
        # However slow this machine is, the last one is left alone.
        last = cli(*arguments, env=KEYS)
        assert last.code == 0, last
        report = json.loads(cli("status", str(journal), "--output", "json").out)
        assert report["counts"] == {"ready": 4}, report
        assert images_made(server) == [1, 1, 1, 1]


def test_plan_tells_what_is_there_and_copy_does_nothing_twice(cli: Cli, server: sim.Server) -> None:
    def states(ran: Ran) -> List[str]:
        return [row["state"] for row in json.loads(ran.out)["rows"]]

    arguments = [*ONE, "--to", "ap-shanghai,ap-tokyo", "--output", "json"]
    before = cli("plan", *arguments, "--endpoint", server.url, env=KEYS)
    assert (before.code, states(before)) == (0, ["missing", "missing"]), before.err
    assert copy(cli, server.url, *arguments).code == 0
    made = images_made(server)
    after = cli("plan", *arguments, "--endpoint", server.url, env=KEYS)
    assert (after.code, states(after)) == (0, ["present", "present"]), after.err
    assert states(copy(cli, server.url, *arguments)) == ["present", "present"]
    assert images_made(server) == made


def test_a_long_journal_is_compacted_when_it_is_taken_up_again(tmp_path: Path, server: sim.Server) -> None:
    from imgferry import drive, journal

    plan = imgferry.Plan({**PLAN, "clouds": {cloud: {"endpoint": server.url} for cloud in sim.credentials()}, "policy": {"poll": "100ms"}})
    path = tmp_path / "j"
    now_ms = drive.now_ms()
    with journal.Journal(path) as kept:
        imgferry.run(imgferry.Job(plan, now_ms=now_ms, seed=1), sim.credentials(), journal=kept)
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    # The same records over and over, as after very many steps.
    path.write_text("".join([lines[0], *lines[1:] * 200]), encoding="utf-8")
    long = path.stat().st_size
    assert long > journal.LONG
    resumed, job = journal.Journal.resume(path, now_ms=now_ms)
    with resumed:
        assert job.report()["counts"] == {"ready": 4}
        assert path.stat().st_size < long / 2
        with pytest.raises(imgferry.Error, match="in use"):
            journal.Journal.resume(path, now_ms=now_ms)
    again, _ = imgferry.Job.restore(journal.read(path), now_ms=now_ms)
    assert again.report() == job.report()
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["j"]


def test_a_source_that_is_still_being_made(cli: Cli) -> None:
    """Bake, then copy: the copy waits, and the plan tells why it will."""
    image = {"cloud": "tencent", "region": "ap-guangzhou", "id": "img-baked001", "name": "base", "ready_after_ms": 4_000}
    one = ["--cloud", "tencent", "--image", "img-baked001", "--from", "ap-guangzhou", "--name", "golden", "--to", "ap-shanghai"]
    with sim.Server({**SCENARIO, "images": [image]}) as server:
        told = cli("plan", *one, "--endpoint", server.url, *QUICK, env=KEYS)
        assert told.code == 0 and "missing" in told.out and "still being made (CREATING)" in told.out, told
        late = copy(cli, server.url, *one, "--source-deadline", "500ms", "--output", "json")
        error = json.loads(late.out)["rows"][0]["error"]
        assert late.code == 4 and error["code"] == "source.deadline" and "源镜像仍在制作中" in error["hint_zh"], late
        ran = copy(cli, server.url, *one)
        assert ran.code == 0 and "source_pending image.being_made" in ran.err and "ready" in ran.out, ran
        assert images_made(server) == [1]
