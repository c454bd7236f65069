"""Progress: how all destinations stand in whatever room there is; a terminal's view, and a line a minute elsewhere."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import time
from typing import Any, Dict, List, Optional

import pytest
from conftest import Cli
from imgferry import sim
from imgferry.cli import progress
from imgferry.cli.lanes import Lanes, clock
from imgferry.cli.output import Output, width
from imgferry.cli.progress import Progress
from imgferry.cli.view import View
from test_copy import KEYS, ONE, QUICK, SCENARIO

STATES = ["failed", "queued", "image", "task", "waiting", "ready", "present", "ambiguous", "probing", "finishing", "unfinished"]
CLOUDS = ["tencent", "volcengine", "huawei"]
ERROR = {"code": "ImageQuotaLimitExceeded", "message": "配额已满 full\x1b[2J\r\n" + "x" * 300}


def row(lane: int, state: str, **more: Any) -> Dict[str, Any]:
    return {
        **{"lane": lane, "cloud": CLOUDS[lane % 3], "to": f"ap-region-{lane % 23}", "name": f"黄金镜像-{lane}", "state": state, "image_id": f"img-{lane}"},
        **{"objects": [], "note": None, "note_zh": None, "percent": lane % 101, "next_ms": int(time.time() * 1000) + 5_500, "eta_ms": None, "launched_ms": None},
        **{"error": ERROR if state in ("failed", "queued") else None},
        **more,
    }


def rows(number: int) -> List[Any]:
    return [row(lane, STATES[lane // 3 % len(STATES)]) for lane in range(number)]


def view(some: List[Any], lang: str = "en") -> View:
    return View(Lanes(some), lambda lanes: [some[lane] for lane in lanes], Output(lang=lang), time.time() * 1000 - 185_000)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("number", [1, 3, 40, 2_000])
@pytest.mark.parametrize("size", [(119, 29), (79, 23), (59, 9), (39, 9), (19, 3), (9, 1), (300, 100)], ids=str)
def test_a_view_fits_into_its_terminal(size: "tuple[int, int]", number: int, lang: str) -> None:
    columns, height = size
    lines = [line.plain for line in view(rows(number), lang).lines(columns, height)]
    assert 1 <= len(lines) <= height and max(map(width, lines)) <= columns, lines
    assert not re.search("[\x00-\x1f]", "".join(lines))
    if height > 20 and number > 3:
        # As many as there is room for, and what has failed among them.
        assert len(lines) == min(height, number + 4) and any("✗" in line for line in lines) and any("▸" in line for line in lines)
    if columns > 60 and height > 20:
        starts = {width(line[: re.search(r"(failed|copying|失败|复制中)", line).start()]) for line in lines if line[:2] in ("✗ ", "▸ ") if re.search("(failed|copying|失败|复制中)", line)}  # type: ignore[union-attr]
        assert len(starts) == 1, lines


def test_what_is_not_seen_is_counted_and_not_asked_for() -> None:
    some, asked = rows(2_000), []
    seen = View(Lanes(some), lambda lanes: [asked.append(lane) or some[lane] for lane in lanes], Output(lang="en"), time.time() * 1000)  # type: ignore[func-returns-value]
    lines = [line.plain for line in seen.lines(159, 23)]
    assert len(asked) < 23 and lines[0].startswith("908 of 2,000 over")
    numbers = {}
    for cloud in CLOUDS:
        at = next(index for index, line in enumerate(lines) if line.startswith(cloud))
        numbers[cloud] = sum(int(number) for number in re.findall(r"(\d+) [a-z]", lines[at]))
        rest = next(line for line in lines[at + 1 :] if line.startswith("  and "))
        shown = lines[at + 1 :].index(rest)
        assert shown + sum(int(number) for number in re.findall(r"(\d+) [a-z]", rest)) == numbers[cloud]
    assert numbers == {"tencent": 667, "volcengine": 667, "huawei": 666}


def test_lanes_move_as_events_tell() -> None:
    lanes = Lanes([row(lane, "inspecting") for lane in range(6)])  # type: ignore[misc]
    tell = lambda lane, what, **more: lanes.hear({"at_ms": 1_000, "event": what, "cloud": CLOUDS[lane % 3], "region": "r", "lane": lane, **more})  # type: ignore[typeddict-item]  # noqa: E731
    for lane, what in ((0, "launching"), (0, "launched"), (1, "retried"), (2, "failed"), (3, "ready"), (4, "probing"), (4, "absent"), (5, "throttled")):
        tell(lane, what)
    lanes.hear({"at_ms": 1_000, "event": "throttled", "cloud": "tencent", "region": ""})
    assert lanes.state == ["image", "retried", "failed", "ready", "queued", "retried"] and lanes.ended() == 2
    assert lanes.standing(CLOUDS, Output(lang="en")) == "1 failed, 2 retrying, 1 copying, 1 waiting, 1 ready"
    assert lanes.standing(["tencent"], Output(lang="zh")) == "1 复制中, 1 就绪"
    assert lanes.left_ms(60_000, 1_000) is None
    for lane in (0, 1, 4, 5):
        tell(lane, "progress", percent=50, eta_ms=[10_000, 20_000 + lane])
    # All that are open tell their time: the last of them.
    assert lanes.left_ms(60_000, 11_000) == 10_005
    tell(0, "ready")
    assert 0 not in lanes.over_ms and clock(3_723_000) == "1:02:03" and clock(185_999) == "3:05"


def test_what_has_failed_leaves_room_for_what_goes_on() -> None:
    some = [row(lane, "failed" if lane < 600 else "queued" if lane < 1200 else "image") for lane in range(2_000)]
    lanes = Lanes(some)  # type: ignore[arg-type]
    chosen = [lanes.state[lane] for lane in lanes.first("tencent", 8)]
    assert chosen == ["failed"] * 4 + ["retried"] * 2 + ["image"] * 2
    alone = Lanes([row(lane, "failed") for lane in range(300)])  # type: ignore[misc]
    assert len(alone.first("huawei", 9)) == 9


def test_a_line_a_minute_where_nobody_looks_on(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    clock_s = [1_000.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: clock_s[0])
    some = [row(lane, "inspecting") for lane in range(40)]
    shown = Progress(some, lambda lanes: [], Output(lang="en"))  # type: ignore[arg-type]
    for minute in range(3):
        for lane in range(10):
            shown.show([{"at_ms": 0, "event": "ready", "cloud": "tencent", "region": "r", "lane": minute * 10 + lane}])
            shown.tick()
        clock_s[0] += 61
        shown.tick()
        shown.tick()
    failed: Any = {"at_ms": 0, "event": "failed", "cloud": "tencent", "region": "ap-shanghai", "lane": 39, "error": {"code": "C", "message": "why"}}
    for _ in range(5):
        shown.show([failed])
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 4 and all(re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4} ", line) for line in lines), lines
    assert "20 of 40 over: 20 waiting, 20 ready; " in lines[1] and lines[3].endswith(" tencent ap-shanghai failed C: why")


def test_v_tells_every_event_and_call_and_q_nothing(cli: Cli) -> None:
    with sim.Server(SCENARIO) as server:
        run = lambda *more: cli("copy", *ONE, "--to", "ap-shanghai", "--endpoint", server.url, *QUICK, "--journal", f"j{''.join(more)}", *more, env=KEYS)  # noqa: E731
        told = run("-vv")
        assert told.code == 0 and "imgferry.drive: tencent ap-shanghai launched" in told.err
        assert re.search(r"imgferry\.transport: POST http://127\.0\.0\.1:\d+/ ?: 200 in \d+ ms", told.err), told.err
        assert "imgferry.credentials: tencent: key of the environment, TENCENTCLOUD_SECRET_ID" in told.err and "imgferry.journal: j-vv: begun" in told.err
        for secret in (KEYS["TENCENTCLOUD_SECRET_KEY"], "Signature=", "AKIDEXAMPLE"):
            assert secret not in told.err
        once = run("-v")
        assert "imgferry.drive" in once.err and "imgferry.transport" not in once.err
        assert "present" in once.out
        quiet = run("-q")
        assert quiet.code == 0 and quiet.err == "" and "present" in quiet.out
        lines = [json.loads(line) for line in run("-vv", "--output", "json").err.splitlines()]
        assert {"at_ms", "event"} <= {key for line in lines for key in line} and any(line.get("log") == "imgferry.transport" for line in lines)
    refused = cli("copy", "-q", "nowhere.json")
    assert refused.code == 5 and refused.err.startswith("error: ")


class Terminal:
    """Runs the command line on a terminal of that size and keeps what it writes."""

    def __init__(self, cli: Cli, arguments: List[str], columns: int, lines: int, env: Optional[Dict[str, str]] = None) -> None:
        self.main, other = pty.openpty()
        self.resize(columns, lines)
        environment = {"PATH": os.environ["PATH"], "HOME": str(cli.home), "TERM": "xterm-256color", "PYTHONIOENCODING": "utf-8", **KEYS, **(env or {})}
        self.process = subprocess.Popen([sys.executable, "-m", "imgferry", *arguments], stdout=other, stderr=other, stdin=other, env=environment, cwd=cli.home)
        os.close(other)
        self.text = ""

    def resize(self, columns: int, lines: int) -> None:
        fcntl.ioctl(self.main, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def read(self, until: str = "") -> str:
        """Reads until something is shown, or the end."""
        while not until or until not in self.text:
            try:
                data = os.read(self.main, 65_536)
            except OSError:
                data = b""
            if not data:
                break
            self.text += data.decode(errors="replace")
        return self.text


@pytest.mark.parametrize("env", [{}, {"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=str)
def test_a_terminal_shows_a_view_and_the_table_last(cli: Cli, env: Dict[str, str]) -> None:
    terminal = Terminal(cli, ["demo", "--lang", "en"], 80, 24, env)
    if env.get("TERM") != "dumb":
        terminal.read("copying")
        terminal.resize(60, 10)
    text = terminal.read()
    assert terminal.process.wait(60) == 0
    table = text[text.rindex("CLOUD ") :]
    assert table.count("ready") == 8 and "\x1b" not in table
    assert max(map(len, table.splitlines())) <= (80 if env.get("TERM") == "dumb" else 60), table
    if env.get("TERM") == "dumb":
        assert "\x1b" not in text and "of 8 over" not in text
        return
    assert "of 8 over" in text and "▸" in text and "\x1b[?25h" in text[text.rindex("\x1b[?25l") :]
    # What was on a terminal whose size has changed is drawn anew.
    assert "\x1b[2J" in text
    assert bool(re.search(r"\x1b\[[0-9;]*3[0-7]m", text)) is ("NO_COLOR" not in env)


def test_watch_shows_the_same_view(cli: Cli) -> None:
    with sim.Server({**SCENARIO, "copy_ms": 4_000}) as server:
        arguments = ["copy", *ONE, "--to", "ap-shanghai,ap-beijing", "--endpoint", server.url, *QUICK, "--journal", "j"]
        copying = Terminal(cli, arguments, 100, 20)
        copying.read("copying")
        watching = Terminal(cli, ["watch", "j"], 100, 20)
        text = watching.read()
        copying.read()
        assert (copying.process.wait(60), watching.process.wait(60)) == (0, 0)
    assert "0 of 2 over" in text and "2 copying" in text and "▸ ap-shanghai" in text and text.count("ready") >= 2


def test_what_is_told_at_once_is_told_in_the_language_of_all_else(capsys: pytest.CaptureFixture[str]) -> None:
    error = {"code": "image.being_made", "message": "the source img-1 is still being made"}
    told = {"event": "source_pending", "cloud": "tencent", "region": "ap-guangzhou", "error": error, "at_ms": 1}
    refused = {**told, "event": "credentials", "error": {"code": "AuthFailure.SecretIdNotFound", "message": "not\x1b found"}, "wait_ms": 300_000}
    for lang, lines in (
        ("zh", ["tencent ap-guangzhou 等待源镜像：源镜像仍在制作中（image.being_made：“", "tencent ap-guangzhou 密钥：", "，最多再等 300 秒"]),
        ("en", ["tencent ap-guangzhou source_pending image.being_made: the source", "tencent ap-guangzhou credentials AuthFailure.SecretIdNotFound"]),
    ):
        Progress([], lambda _: [], Output(lang=lang)).show([told, refused])  # type: ignore[list-item]
        err = capsys.readouterr().err
        assert all(line in err for line in lines) and "\x1b" not in err and len(err.splitlines()) == 2, err
