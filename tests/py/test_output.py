"""What is printed: on any console, harmless to any terminal, and told once where many things are alike."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any, Dict, List

import imgferry
import pytest
from conftest import Cli
from imgferry import sim
from imgferry.cli.output import Output, alike, dumped, escaped, plain
from imgferry.cli.summary import TABLE, text
from test_copy import KEYS, ONE, QUICK, SCENARIO, images_made

NAMED = [*ONE[:-1], "黄金镜像", "--to", "ap-shanghai"]
ASCII = [{"PYTHONIOENCODING": "cp1252"}, {"PYTHONIOENCODING": "ascii:strict"}, {"PYTHONIOENCODING": "latin-1:strict", "LC_ALL": "zh_CN.UTF-8"}]


@pytest.mark.parametrize("env", ASCII, ids=lambda env: env["PYTHONIOENCODING"])
def test_a_console_that_cannot_show_a_name_does_not_stop_a_copy(cli: Cli, env: Dict[str, str]) -> None:
    with sim.Server(SCENARIO) as server:
        ran = cli("copy", *NAMED, "--endpoint", server.url, *QUICK, "--journal", "j", env={**KEYS, **env})
        assert ran.code == 0 and "img-" in ran.out and "\\u9ec4" in ran.out and "Traceback" not in ran.err, ran
        for form in ("text", "json", "jsonl"):
            told = cli("status", "j", "--output", form, env=env)
            assert told.code == 0 and "Traceback" not in told.err and told.out.isascii(), told
            if form != "text":
                row = json.loads(told.out) if form == "jsonl" else json.loads(told.out)["rows"][0]
                assert row["name"] == "黄金镜像"
        assert images_made(server) == [1]
    for arguments in (["regions", "tencent"], ["explain", "IMG.0144"], ["check", *NAMED[:-1], "nowhere"], ["request", "--help"]):
        for form in ("text", "json"):
            ran = cli(*arguments, "--lang", "zh", "--output", form, env={**KEYS, **env})
            assert ran.code in (0, 5) and "Traceback" not in ran.err and ran.out, ran
    line = {"cloud": "tencent", "id": "黄\u00e9\U0001f600", "credentials": {}}
    ran = cli("sign", "-", stdin=json.dumps(line), env=env)
    assert json.loads(ran.out)["id"] == line["id"] and ran.out.isascii()


def test_a_lone_surrogate_does_not_stop_the_lines_behind_it(cli: Cli) -> None:
    for command in ("sign", "verify"):
        ran = cli(command, "-", stdin='{"id":"\\ud800"}\n{"id":2}\n')
        assert ran.code == 0 and [json.loads(line)["id"] for line in ran.out.splitlines()] == ["\ud800", 2], ran


HOSTILE = "ok\r\x1b[2Jtencent  ready\u202e\u2066x\u2028y\x9b31m\x7f\n\tz"


def test_nothing_of_others_is_obeyed_by_a_terminal() -> None:
    shown = plain(HOSTILE)
    assert shown == r"ok\r\x1b[2Jtencent  ready\u202e\u2066x\u2028y\x9b31m\x7f\n\tz"
    assert json.loads(dumped({"a": HOSTILE})) == {"a": HOSTILE} and dumped(HOSTILE).isascii()
    assert escaped("黄金 golden-1 é") == "黄金 golden-1 é"
    long = plain("x" * 5_000)
    assert long.startswith("x" * 2_048 + "…") and long.endswith("(5,000 characters)") and len(long) < 2_100


def test_errors_of_others_are_cut_in_json_too(capsys: pytest.CaptureFixture[str]) -> None:
    error = imgferry.Error("x" * 1_000_000, code="c" * 5_000, hint="h", hint_zh="提示")
    Output("json").error(error)
    told = json.loads(capsys.readouterr().err)["error"]
    assert told["message"].endswith("… (1,000,000 characters)") and told["code"].endswith("(5,000 characters)") and told["hint_zh"] == "提示"
    assert max(map(len, map(str, told.values()))) < 2_100


def row(number: int, **more: Any) -> Dict[str, Any]:
    return {
        **{"cloud": "tencent", "path": f"copies[{number}].to[0]", "image": "img-1", "from": "ap-guangzhou", "to": "ap-shanghai", "name": f"golden-{number}"},
        **{"state": "failed", "image_id": None, "task_id": None, "objects": [], "note": None, "note_zh": None, "percent": None, "launches": 1},
        **{"request_ids": [f"r-{number}"], "error": {"code": "ImageQuotaLimitExceeded", "message": "full", "hint": "make room", "hint_zh": "腾出空间"}},
        **more,
    }


def report(rows: List[Dict[str, Any]]) -> Any:
    counts: Dict[str, int] = {}
    for one in rows:
        counts[one["state"]] = counts.get(one["state"], 0) + 1
    return {"exit_code": 3, "counts": counts, "rows": rows, "steps": [], "extra": []}


def test_a_report_cannot_be_forged_by_what_a_cloud_says() -> None:
    forged = row(0, error={"code": "X\x1b[1A", "message": HOSTILE, "hint": "", "hint_zh": ""}, image_id="img\r\n-1", request_ids=["r\x1b\n"])
    told = text(report([forged]), Output(lang="en"))
    assert "\x1b" not in told and "\r" not in told and len(told.splitlines()) == 4, told


def test_many_destinations_are_told_by_their_kinds() -> None:
    rows = [row(number) for number in range(9_000)] + [row(number, state="ready", error=None, image_id=f"img-{number}") for number in range(1_000)]
    lines = text(report(rows), Output(lang="en")).splitlines()
    assert lines == [
        "tencent ap-shanghai and 8,999 more: ImageQuotaLimitExceeded: full",
        "  make room",
        "  request ids: r-0",
        "CLOUD    STATE   COUNT  FOR EXAMPLE",
        "tencent  failed  9,000  ap-shanghai golden-0",
        "tencent  ready   1,000  ap-shanghai golden-0 img-0",
        "every row: --output json",
        "10,000 destinations: 9,000 failed, 1,000 ready",
    ]
    # Messages that differ in a detail are of one sort all the same.
    rows = [row(number, error={"code": "X", "message": f"image {number} is busy", "hint": "", "hint_zh": ""}) for number in range(TABLE + 1)]
    assert "tencent ap-shanghai and 100 more: X: image 0 is busy" in text(report(rows), Output(lang="en"))


def test_equal_findings_are_told_once(cli: Cli) -> None:
    copies = [
        {"cloud": "tencent", "image": f"img-{number:08}", "from": "ap-guangzhou", "to": ["ap-nowhere-9", "ap-shanghai"], "name": "golden"} for number in range(200)
    ]
    (cli.home / "plan.json").write_text(json.dumps({"copies": copies}), encoding="utf-8")
    ran = cli("check", "plan.json")
    everything = json.loads(cli("check", "plan.json", "--output", "json").out)
    assert len(everything) >= 200 and len(ran.out.splitlines()) < 20 and "copies[0]" in ran.out and "more:" in ran.out, ran.out
    copies = [{**copies[0], "name": "x" * 200, "image": f"img-{number:08}"} for number in range(200)]
    (cli.home / "plan.json").write_text(json.dumps({"copies": copies}), encoding="utf-8")
    ran = cli("copy", "plan.json", env=KEYS)
    assert ran.code == 5 and len(ran.err.splitlines()) < 20 and "more: " in ran.err, ran.err


def test_alike_takes_the_first_key_that_makes_few_groups() -> None:
    assert alike([1, 2, 3], lambda item: item) == [[1], [2], [3]]
    assert alike(range(100), lambda item: item, lambda item: item % 2) == [list(range(0, 100, 2)), list(range(1, 100, 2))]


def test_standard_streams_that_are_closed_are_not_taken_by_other_files(cli: Cli) -> None:
    with sim.Server(SCENARIO) as server:
        command = f"{sys.executable} -m imgferry copy {' '.join(ONE)} --to ap-shanghai --endpoint {server.url} {' '.join(QUICK)} --journal j <&- >&- 2>&-"
        ran = subprocess.run(["bash", "-c", command], env={"PATH": os.environ["PATH"], "HOME": str(cli.home), **KEYS}, cwd=cli.home, timeout=60)
        assert ran.returncode == 0
    job, kept = imgferry.Job.restore((cli.home / "j").read_text(encoding="utf-8"), now_ms=1_800_000_000_000)
    assert job.report()["counts"] == {"ready": 1} and kept == (cli.home / "j").stat().st_size
    for command in ("sign -", "explain -", "check -"):
        ran = subprocess.run(["bash", "-c", f"{sys.executable} -m imgferry {command} <&-"], capture_output=True, cwd=cli.home, timeout=60)
        assert b"Traceback" not in ran.stderr


def test_a_full_disk_behind_stdout_is_told_once(cli: Cli) -> None:
    with sim.Server(SCENARIO) as server:
        place = ["--endpoint", server.url, "--image", "img-o3ycss2p"]
        for command in (["regions", "tencent"], ["--help"], ["plan", *ONE, "--to", "ap-shanghai", *place], ["schema"]):
            with open("/dev/full", "w") as full:
                ran = subprocess.run(
                    [sys.executable, "-m", "imgferry", *command], stdout=full, stderr=subprocess.PIPE, env={"PATH": os.environ["PATH"], "HOME": str(cli.home), **KEYS}
                )
            # A look launches nothing: there is nothing to go on with.
            assert ran.returncode == 5 and ran.stderr.decode().splitlines() == [
                "error: input or output: No space left on device",
                "  fix: check the path, its permissions and the space left",
            ], (command, ran)
