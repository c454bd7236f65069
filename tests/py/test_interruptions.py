"""What stops a run, or its output, after images were launched: it is never told as "nothing was sent", and nothing is lost."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional

import imgferry
import pytest
from conftest import Cli, Ran
from imgferry import aio, drive, journal, sim, transport
from test_copy import KEYS, ONE, QUICK, images_made

SIX = ["--to", "ap-shanghai,ap-beijing,ap-singapore,ap-tokyo,ap-seoul,ap-bangkok"]
SLOW: Dict[str, Any] = {"copy_ms": 1_500, "visible_after_ms": 50}


@pytest.fixture
def server() -> Iterator[sim.Server]:
    with sim.Server(SLOW) as serving:
        yield serving


def shell(cli: Cli, script: str, env: Optional[Dict[str, str]] = None) -> Ran:
    """Runs a line of bash in which ``$I`` is the command line."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(cli.home), "I": f"{sys.executable} -m imgferry", **KEYS, **(env or {})}
    ran = subprocess.run(["bash", "-c", script], capture_output=True, env=environment, cwd=cli.home, timeout=120)
    return Ran(ran.returncode, ran.stdout.decode("utf-8", "replace"), ran.stderr.decode("utf-8", "replace"))


def copy(server: sim.Server, *arguments: str) -> str:
    return " ".join(["$I", "copy", *ONE, *SIX, "--endpoint", server.url, *QUICK, *arguments])


def starts(cli: Cli, server: sim.Server, *arguments: str, word: bytes = b"launched") -> subprocess.Popen[bytes]:
    """A copy of six that has launched, or has come to another word."""
    command = [sys.executable, "-m", "imgferry", "copy", *ONE, *SIX, "--endpoint", server.url, *QUICK, "-v", *arguments]
    environment = {"PATH": os.environ["PATH"], "HOME": str(cli.home), **KEYS}
    running = subprocess.Popen(command, env=environment, cwd=cli.home, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert running.stderr is not None
    assert any(word in line for line in iter(running.stderr.readline, b""))
    return running


def test_a_lost_stderr_never_ends_a_job(cli: Cli, server: sim.Server) -> None:
    for lose in ("2>&1 | head -n 3", "2>&1 | head -c 0", "2>&-", "2>/dev/full"):
        ran = shell(cli, copy(server, "--journal", "j", lose) + "; echo ${PIPESTATUS[0]}")
        assert ran.out.splitlines()[-1] == "0" and "Traceback" not in ran.err, (lose, ran)
        assert imgferry.Job.restore(journal.read(cli.home / "j"), now_ms=drive.now_ms())[0].report()["counts"] in ({"ready": 6}, {"present": 6})
        (cli.home / "j").unlink()
    assert images_made(server) == [1] * 6


def test_a_lost_stdout_keeps_the_code_of_the_report(cli: Cli) -> None:
    failing: Dict[str, Any] = {"faults": {"copy_fails": 1.0}}
    for scenario, code in ((SLOW, "0"), ({**SLOW, **failing}, "4")):
        with sim.Server(scenario) as server:
            for form in ("text", "json", "jsonl"):
                ran = shell(cli, copy(server, "--output", form, "| head -c 0") + "; echo ${PIPESTATUS[0]}")
                assert ran.out.splitlines() == [code] and "Traceback" not in ran.err, (scenario, ran)
            assert shell(cli, copy(server, ">&-")).code == int(code)


def told_how_to_go_on(ran: Ran) -> bool:
    """Code 6, the journal, what was launched, how to go on; no word of nothing being sent, no traceback."""
    lines = ran.err.splitlines()
    return (
        ran.code == 6
        and "not finished; go on with: imgferry resume j" in lines
        and any(line.startswith("launched: ") for line in lines)
        and any(line.startswith("  tencent ap-shanghai golden: ") and "img-" in line for line in lines)
        and "nothing was sent" not in ran.err
        and "Traceback" not in ran.err
    )


def test_a_report_that_cannot_be_written_can_be_had_again(cli: Cli, server: sim.Server) -> None:
    ran = shell(cli, copy(server, "--journal", "j", ">/dev/full"))
    assert told_how_to_go_on(ran) and "No space left on device" in ran.err, ran
    assert cli("resume", "j", env=KEYS).code == 0 and images_made(server) == [1] * 6


def test_a_full_disk_ends_6_and_the_journal_is_whole(cli: Cli, server: sim.Server) -> None:
    ran = shell(cli, f"ulimit -f 2; {copy(server, '--journal', 'j')}")
    assert told_how_to_go_on(ran) and "error: j: File too large" in ran.err, ran
    assert "tencent  ap-guangzhou  ap-shanghai   golden  unfinished  img-" in ran.out, ran.out
    assert (cli.home / "j").read_bytes().endswith(b"\n")
    assert cli("resume", "j", env=KEYS).code == 0 and images_made(server) == [1] * 6


def test_a_disk_that_was_full_from_the_start_sends_nothing(cli: Cli, server: sim.Server) -> None:
    ran = shell(cli, f"ulimit -f 0; {copy(server, '--journal', 'j')}")
    assert ran.code == 5 and "Traceback" not in ran.err and not (cli.home / "j").exists(), ran
    assert server.world.ledger()["totals"] == {}


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM, signal.SIGINT])
def test_a_signal_leaves_a_journal(cli: Cli, server: sim.Server, number: int) -> None:
    running = starts(cli, server, "--journal", "j")
    running.send_signal(number)
    out, err = running.communicate(timeout=60)
    assert running.returncode == 6 and b"imgferry resume j" in err and b"Traceback" not in err, (out, err)
    # Equal reasons are told once, and the table comes last.
    lines = out.decode().splitlines()
    assert sum("was cancelled" in line for line in lines) == 1 and "and 5 more" in out.decode()
    assert lines[-7].startswith("CLOUD") and all(line.startswith("tencent") for line in lines[-6:])
    assert cli("resume", "j", env=KEYS).code == 0 and images_made(server) == [1] * 6


def test_ctrl_c_without_a_journal_is_130(cli: Cli, server: sim.Server) -> None:
    running = starts(cli, server, "--no-journal")
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)
    assert running.returncode == 130 and b"unfinished" in out and b"the same command" in err and b"Traceback" not in err, (out, err)


@pytest.mark.parametrize("arguments, code", [(["--journal", "j"], 6), ([], 6), (["--no-journal"], 130)])
def test_a_second_ctrl_c_ends_at_once(cli: Cli, arguments: List[str], code: int) -> None:
    late = {"script": [{"cloud": "tencent", "action": "SyncImages", "nth": 1, "fault": "slow"}], "faults": {"slow_ms": 20_000}}
    with sim.Server({**SLOW, **late}) as server:
        running = starts(cli, server, *arguments, word=b"launching")
        began = time.monotonic()
        for _ in range(2):
            running.send_signal(signal.SIGINT)
            time.sleep(0.5)
        out, err = running.communicate(timeout=30)
        assert time.monotonic() - began < 10, "the answer was waited for"
        assert running.returncode == code and b"Traceback" not in err and b"CLOUD" in out, (out, err)


def test_ctrl_c_anywhere_is_130_and_no_traceback(cli: Cli) -> None:
    environment = {"PATH": os.environ["PATH"], "HOME": str(cli.home), **KEYS}
    for arguments in (["sign", "-"], ["verify", "-"], ["explain", "-"], ["check", "-"], ["sim"]):
        running = subprocess.Popen(
            [sys.executable, "-m", "imgferry", *arguments], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        time.sleep(1)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=20)
        assert (running.returncode, err) == (130, b""), (arguments, err)
    for delay_ms in range(60, 300, 20):
        running = subprocess.Popen([sys.executable, "-m", "imgferry", "--help"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        time.sleep(delay_ms / 1000)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=20)
        # Before Python has come to this package, the traceback is Python's.
        assert b"imgferry/cli" not in err, err


def keys_file(home: Path, text: str) -> None:
    (home / ".tencentcloud").mkdir(exist_ok=True)
    (home / ".tencentcloud" / "credentials").write_text(text, encoding="utf-8")


def test_a_key_file_that_vanishes_or_is_half_written_in_mid_copy(cli: Cli, server: sim.Server, monkeypatch: pytest.MonkeyPatch) -> None:
    from imgferry.cli import execute, output

    whole = f"[default]\nsecret_id = {KEYS['TENCENTCLOUD_SECRET_ID']}\nsecret_key = {KEYS['TENCENTCLOUD_SECRET_KEY']}\n"
    monkeypatch.setattr(os, "environ", {"HOME": str(cli.home)})
    monkeypatch.setattr(execute.Keys, "PAUSE_S", 0.01)
    keys_file(cli.home, whole)
    keys = execute.Keys({"tencent"}, output.Output())
    first = keys()["tencent"]
    for broken in (whole[:40], "", None):
        keys.good_until = 0
        if broken is None:
            (cli.home / ".tencentcloud" / "credentials").unlink()
        else:
            keys_file(cli.home, broken)
        assert keys()["tencent"] is first and keys.good_until < time.monotonic() + 3
    keys_file(cli.home, whole.replace(KEYS["TENCENTCLOUD_SECRET_ID"], "AKIDEXAMPLEOTHER"))
    keys.good_until = 0
    assert keys()["tencent"].id == "AKIDEXAMPLEOTHER"
    # The first reading is no such thing.
    keys_file(cli.home, whole[:40])
    with pytest.raises(imgferry.Error):
        execute.Keys({"tencent"}, output.Output())


def test_a_refused_key_is_read_once_more(cli: Cli) -> None:
    """Another process replaces the file in mid-copy; what it held before is refused from then on."""
    known = {"id": "AKIDEXAMPLEOTHER", "secret": "EXAMPLE-SECRET-OTHER"}
    with sim.Server(SLOW) as first, sim.Server({**SLOW, "credentials": {"tencent": known}}) as second:
        whole = "[default]\nsecret_id = {id}\nsecret_key = {secret}\n"
        old = whole.format(id=KEYS["TENCENTCLOUD_SECRET_ID"], secret=KEYS["TENCENTCLOUD_SECRET_KEY"])
        keys_file(cli.home, old)
        assert first.url != second.url
        heard: List[str] = []
        held = imgferry.Credentials(KEYS["TENCENTCLOUD_SECRET_ID"], KEYS["TENCENTCLOUD_SECRET_KEY"])
        plan = imgferry.Plan(
            {
                "clouds": {"tencent": {"endpoint": second.url}},
                "copies": [{"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "to": ["ap-shanghai"], "name": "golden"}],
                "policy": {"poll": "100ms"},
            }
        )
        for driver in ("sync", "async"):
            keys = {"tencent": held}

            def hear(event: Any) -> None:
                heard.append(event["event"])
                if event["event"] == "credentials":
                    keys["tencent"] = imgferry.Credentials(known["id"], known["secret"])

            job = imgferry.Job(plan, now_ms=drive.now_ms(), seed=1)
            if driver == "sync":
                report = imgferry.run(job, lambda: keys, on_event=hear)
            else:
                report = asyncio.run(aio.run(job, lambda: keys, send=in_threads, on_event=hear))
            assert report["exit_code"] == 0 and "credentials" in heard, report
            heard.clear()


async def in_threads(request: imgferry.Request, timeout_ms: int) -> drive.Outcome:
    return await asyncio.get_running_loop().run_in_executor(None, transport.send, request, timeout_ms)


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM, signal.SIGINT])
def test_however_many_signals_come_the_code_stays(cli: Cli, number: int) -> None:
    """The third one comes while the report is told, or while the interpreter winds down."""
    for gap in (0.01, 0.02, 0.03):
        with sim.Server(SLOW) as server:
            running = starts(cli, server, "--journal", f"j{gap}")
            for _ in range(8):
                running.send_signal(number)
                time.sleep(gap)
            _, err = running.communicate(timeout=60)
            assert running.returncode == 6 and b"Traceback" not in err and images_made(server) == [1] * 6, (gap, err)


def test_a_clock_that_is_set_back_while_a_job_is_asked_holds_nothing_up(server: sim.Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the question and the wait, by eleven years: the wait is a second, not eleven years."""
    plan: Dict[str, Any] = {
        "copies": [{"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "to": ["ap-shanghai"], "name": "golden"}],
        "clouds": {"tencent": {"endpoint": server.url}},
        "policy": {"poll": "100ms"},
    }
    keys = sim.credentials()
    clock = drive.now_ms
    back: List[int] = []

    def set_back(lines: str) -> None:
        # A step that has nothing to write down is a wait.
        if not lines:
            back[:] = [11 * 365 * 86_400_000]

    monkeypatch.setattr(drive, "now_ms", lambda: clock() - sum(back))
    monkeypatch.setattr(aio, "now_ms", lambda: clock() - sum(back))

    def by(kind: str) -> Any:
        back.clear()
        job = imgferry.Job(imgferry.Plan(plan), now_ms=clock(), seed=1)
        if kind == "async":
            return asyncio.run(asyncio.wait_for(aio.run(job, keys, send=in_threads, journal=set_back), 30))
        return imgferry.run(job, keys, journal=set_back)

    for kind in ("sync", "async"):
        began = time.monotonic()
        assert by(kind)["exit_code"] == 0 and back and time.monotonic() - began < 25
