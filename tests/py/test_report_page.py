"""`imgferry report --html`: one page that needs nothing else and shows nothing of others as markup."""

from __future__ import annotations

import json
import os
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, List

import imgferry
import pytest
from conftest import Cli
from imgferry import sim
from imgferry.cli import tally
from imgferry.cli.output import Output
from imgferry.cli.page import SHOWN, history, page
from test_copy import KEYS, QUICK
from test_output import report as made_report
from test_output import row as made_row

VOID = ("meta", "br", "rect")
#: Marks all text that was given, so that none of it can be taken for markup.
HOSTILE = "<script src=//evil.example>alert(1)</script>\"'&</style></svg>\u202e\x1b[2J"


class Whole(HTMLParser):
    """Refuses what is not closed, and keeps what is there."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: List[str] = []
        self.tags: List[str] = []
        self.attributes: List[Any] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attributes: Any) -> None:
        self.tags.append(tag)
        self.attributes += attributes
        if tag not in VOID or (tag == "rect" and not self.get_starttag_text().endswith("/>")):  # type: ignore[union-attr]
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: Any) -> None:
        self.tags.append(tag)
        self.attributes += attributes

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_run_that_was_kept_becomes_a_page(cli: Cli, lang: str) -> None:
    with sim.Server({"copy_ms": 600, "seed": 1, "script": [{"cloud": "tencent", "action": "DescribeImages", "nth": 2, "fault": "throttle"}]}) as server:
        plan = {
            "copies": [{"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "to": ["ap-shanghai", "ap-singapore"], "name": "黄金<b>&"}],
            "clouds": {"tencent": {"endpoint": server.url}},
        }
        plan["copies"][0]["name"] = "golden-1"  # type: ignore[index]
        (cli.home / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
        assert cli("copy", "plan.json", *QUICK, env=KEYS).code == 0
        (name,) = [run["run"] for run in json.loads(cli("list", "--output", "json").out)]
        counted = server.world.ledger()["calls"]
    assert [file.stat().st_mode & 0o077 for file in cli.home.rglob("*.calls")] == [0] or os.name == "nt"
    ran = cli("report", name, "--html", "r.html", "--lang", lang)
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    text = (cli.home / "r.html").read_text(encoding="utf-8")
    seen = Whole(text)
    assert "script" not in seen.tags and "link" not in seen.tags and not [value for name, value in seen.attributes if name in ("src", "href")]
    assert "default-src 'none'" in text and "prefers-color-scheme:dark" in text and seen.tags.count("svg") >= 8
    assert name in text and "tencent SyncImages" in text and "RequestLimitExceeded" in text and len(re.findall(r'class="good"[^>]*><title>(?:ready|就绪)', text)) == 2
    report = json.loads(cli("report", name, "--output", "json").out)
    assert report["counts"] == {"ready": 2}
    for row in report["rows"]:
        assert row["image_id"] in text and all(id in text for id in row["request_ids"])
    numbers = [int(number) for number in re.findall(r"<td>tencent \w+</td><td class='number'>(\d+)", text)]
    assert sum(numbers) == len(counted), (numbers, len(counted))
    assert cli("report", name, "--html", "-").out.startswith("<!doctype html>")
    assert cli("report", name, "--html", "no/such/folder.html").code == 5


def test_nothing_of_others_is_markup(tmp_path: Path) -> None:
    more = {name: HOSTILE for name in ("cloud", "to", "from", "name", "image_id", "task_id")}
    error = {"code": HOSTILE, "message": HOSTILE, "hint": HOSTILE, "hint_zh": HOSTILE}
    rows = [made_row(lane, **{**more, "lane": lane, "error": error, "request_ids": [HOSTILE], "note": HOSTILE, "note_zh": HOSTILE}) for lane in range(3)]
    kept = tmp_path / "j"
    throttled = [{"t": 1_767_225_600_000, "cloud": HOSTILE, "region": HOSTILE, "wait_ms": 5, "code": HOSTILE}]
    tally.file(kept).write_text("{torn\n[]\n" + json.dumps({"t": 1, "calls": {HOSTILE: [3, 1, 30.0]}, "throttled": throttled}) + "\n", encoding="utf-8")
    told = page(HOSTILE, made_report(rows), "", kept, Output(lang="en"))
    seen = Whole(told)
    assert "script" not in seen.tags and "<script" not in told and "\x1b" not in told and "\u202e" not in told
    assert "3" in told and not [value for name, value in seen.attributes if name.startswith("on")]


def test_a_long_run_shows_what_failed_first(tmp_path: Path) -> None:
    rows = [made_row(lane, lane=lane, state="failed" if lane >= 1_990 else "ready", error=None, to=f"region-{lane}") for lane in range(2_000)]
    told = page("long", made_report(rows), "", tmp_path / "j", Output(lang="en"))
    assert told.count("region-") == 2 * SHOWN and all(f"region-{lane}<" in told for lane in range(1_990, 2_000)) and "1,000 more are not shown" in told


def test_a_journal_tells_when_what_was() -> None:
    with sim.Server({"copy_ms": 300, "seed": 1}) as server:
        plan = {"copies": [{"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "to": ["ap-shanghai"], "name": "golden"}]}
        job = imgferry.Job(imgferry.Plan({**plan, "clouds": {"tencent": {"endpoint": server.url}}, "policy": {"poll": "100ms", "settle": "200ms"}}), now_ms=imgferry.drive.now_ms(), seed=1)
        lines: List[str] = []
        imgferry.run(job, sim.credentials(), journal=lines.append)
    told = history("".join(lines))
    assert [change.state for change in told.lanes[0]] == ["launching", "image", "ready"] and told.began_ms <= told.lanes[0][0].at_ms <= told.ended_ms
    # One that was made shorter knows when it left, of the last moments also when it was launched, and how it ended; damage costs a line.
    short = history(job.compact() + "garbage\n\nxxxxxxxx {}")
    stages = [change.state for change in short.lanes[0]]
    assert stages in (["launching", "image", "ready"], ["launching", "ready"], ["image", "ready"]) and history("") == (0, 0, [], {})
