"""A run that was recorded is told again, offline and to the byte, and no key is in what is written down."""

from __future__ import annotations

import base64
import json
import random
from pathlib import Path
from typing import Any, Dict, List

import pytest
from conftest import Cli, Ran
from test_copy import KEYS, PLAN, QUICK
from test_secrets import assert_hidden, disguises, secret

import imgferry
from imgferry import log, sim, tape
from imgferry.cli.output import Output
from imgferry.cli.page import page

#: Weather in which most things happen: throttles, lost answers, broken bodies, a copy that fails.
SCENARIO: Dict[str, Any] = {
    "copy_ms": 300,
    "visible_after_ms": 50,
    "faults": {"throttle": 0.1, "lost_after": 0.05, "http_500_before": 0.05, "html_502": 0.05},
}


def recorded(cli: Cli, url: str, *arguments: str) -> Ran:
    (cli.home / "plan.json").write_text(json.dumps(PLAN), encoding="utf-8")
    return cli("copy", "plan.json", "--endpoint", url, *QUICK, "--journal", "run.journal", "--record", "--output", "json", *arguments, env=KEYS)


@pytest.mark.parametrize("seed", range(3))
def test_a_story_is_told_again_to_the_byte(cli: Cli, seed: int) -> None:
    with sim.Server({**SCENARIO, "seed": seed}) as server:
        ran = recorded(cli, server.url, "--seed", str(seed))
    report = json.loads(ran.out)
    bundled = cli("bundle", "run.journal")
    assert bundled.code == 0 and bundled.out.strip() == "run.bundle.json", bundled
    # The simulator is gone: nothing is sent.
    again = cli("replay", "run.bundle.json", "--output", "json")
    assert (again.code, json.loads(again.out)) == (ran.code, report), again
    bundle = json.loads((cli.home / "run.bundle.json").read_text(encoding="utf-8"))
    assert json.loads(cli("bundle", "run.journal", "--out", "-").out)["events"] == bundle["events"] and not (cli.home / "-").exists()
    events = [json.loads(line) for line in again.err.splitlines()]
    assert events == bundle["events"] and events
    assert bundle["journal"] == (cli.home / "run.journal").read_text(encoding="utf-8") and bundle["versions"]["imgferry"] == imgferry.__version__
    for value in KEYS.values():
        if "SECRET" in value:
            assert_hidden((cli.home / "run.bundle.json").read_text(encoding="utf-8"), [value])


def test_a_run_that_was_gone_on_with_is_one_story_after_the_other(cli: Cli) -> None:
    with sim.Server({"copy_ms": 300, "visible_after_ms": 50, "script": [{"cloud": "tencent", "action": "SyncImages", "fault": "lost_after"}]}) as server:
        first = recorded(cli, server.url, "--deadline", "500ms")
        assert first.code in (3, 4, 6, 7), first
        second = cli("resume", "run.journal", "--record", "--output", "json", env=KEYS)
    again = cli("replay", "run.bundle.json", "--output", "json") if cli("bundle", "run.journal").code == 0 else None
    assert again and (again.code, json.loads(again.out)) == (second.code, json.loads(second.out)), (first, second, again)


def test_what_differs_is_said(cli: Cli) -> None:
    with sim.Server({"copy_ms": 300, "visible_after_ms": 50}) as server:
        assert recorded(cli, server.url).code == 0
    assert cli("bundle", "run.journal", "--out", "b.json").code == 0
    assert cli("bundle", "run.journal", "--out", "b.json").code == 5
    bundle = json.loads((cli.home / "b.json").read_text(encoding="utf-8"))
    place = next(place for place, line in enumerate(bundle["exchanges"]) if '"answer"' in line and "available" in line)
    bundle["exchanges"][place] = bundle["exchanges"][place].replace("available", "creating")
    (cli.home / "b.json").write_text(json.dumps(bundle), encoding="utf-8")
    ran = cli("replay", "b.json")
    assert ran.code in (1, 5) and ("not as it was recorded" in ran.err or "error:" in ran.err), ran
    for wrong in ("{}", "[", '{"imgferry_bundle": 1, "versions": {}, "exchanges": []}', '{"imgferry_bundle": 1, "versions": {}, "exchanges": ["{}"]}'):
        (cli.home / "b.json").write_text(wrong, encoding="utf-8")
        ran = cli("replay", "b.json")
        assert ran.code == 5 and "Traceback" not in ran.err, ran


def test_recording_needs_a_journal(cli: Cli) -> None:
    (cli.home / "plan.json").write_text(json.dumps(PLAN), encoding="utf-8")
    ran = cli("copy", "plan.json", "--endpoint", "http://127.0.0.1:9", "--no-journal", "--record", env=KEYS)
    assert ran.code == 5 and "--record needs a journal" in ran.err, ran


def planted(dice: random.Random, text: str) -> str:
    """A secret as somebody may repeat it: in one of its disguises, or in base64 with others around it."""
    raw, *rest = disguises(text)
    whole = [raw, *rest[:-3]]
    return dice.choice([*whole, *(base64.b64encode(b"x" * before + raw.encode() + b"end").decode() for before in range(3))])


@pytest.mark.parametrize("seed", range(40))
def test_no_key_is_written_down(tmp_path: Path, caplog: pytest.LogCaptureFixture, seed: int) -> None:
    """Answers that repeat keys in every disguise, 25 secrets and tokens a seed, 2,000 in all: neither tape nor events, journal,
    report, page, log or explanation shows one."""
    dice = random.Random(seed)
    caplog.set_level("DEBUG", "imgferry")
    for turn in range(25):
        key, token = f"s{secret(seed * 100 + turn, 40)}", f"t{secret(seed * 100 + turn + 50_000, 120)}"
        held = imgferry.Credentials("AKIDEXAMPLE", key, token)
        plan = imgferry.Plan({"copies": [{"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "to": ["ap-shanghai"], "name": "golden"}]})
        path = tmp_path / f"{turn}.tape"
        job: Any = tape.Recorded(imgferry.Job(plan, now_ms=1_767_225_600_000, seed=seed), path, now_ms=1_767_225_600_000)
        now = 1_767_225_600_000
        shown: List[str] = []
        for _ in range(4):
            step = job.poll({"tencent": held}, now_ms=now)
            if isinstance(step, imgferry.Done):
                break
            if isinstance(step, imgferry.Wait):
                now = step.until_ms
                continue
            told = planted(dice, dice.choice([key, token]))
            body = json.dumps({"Response": {"Error": {"Code": "AuthFailure.SignatureFailure", "Message": f"you said {told}"}, "RequestId": "r"}})
            how = dice.randrange(3)
            if how == 0:
                job.answer(step.id, 200, [("X-Echo", token)], body, now_ms=now)
            elif how == 1:
                job.answer(step.id, 502, [], b"\xff" + key.encode(), now_ms=now)
            else:
                job.lost(step.id, "unanswered", f"reset while sending {key}", now_ms=now)
            for event in job.take_events():
                log.event(event)
                shown += [json.dumps(event), repr(event)]
        job.close()
        report = job.report()
        shown += [path.read_text(encoding="utf-8"), job.compact(), json.dumps(report), repr(report), repr(job.job), repr(held), caplog.text, page("run", report, job.compact(), path, Output())]
        for row in report["rows"]:
            shown.append(json.dumps(imgferry.investigate(json.dumps(row["error"]), credentials=held)))
        assert_hidden("\n".join(shown), [key, token])
        retold = tape.Retold()
        list(retold.tell(path.read_text(encoding="utf-8").splitlines()))
        assert not retold.differences, retold.differences
