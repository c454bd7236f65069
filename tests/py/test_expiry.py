"""A token that ends while copies go on: the run waits for another, and what it stops for want of one can be resumed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Dict, List

from conftest import Cli
from imgferry import sim
from test_copy import QUICK, images_made

REGIONS = ["cn-south-1", "cn-east-3", "cn-north-1", "cn-southwest-2", "ap-southeast-1", "af-south-1"]
TOKENS = [{"id": f"EXAMPLE{n}", "secret": f"EXAMPLE-SECRET-{n}", "token": f"EXAMPLE-TOKEN-{n}"} for n in (1, 2)]
#: Five copies at a time, as the cloud takes them: the token ends while the first or the second five are under way.
SCENARIO: Dict[str, Any] = {"copy_ms": 1_500, "visible_after_ms": 20, "credentials": {"huawei": [{**TOKENS[0], "valid_ms": 2_500}, TOKENS[1]]}}


def twelve(url: str) -> Dict[str, Any]:
    copy = {"cloud": "huawei", "image": "465076de-dc36-4aec-80f5-ef9d8009428f", "from": "cn-north-4", "to": REGIONS, "params": {"agency_name": "ims_copy_image"}}
    return {"clouds": {"huawei": {"endpoint": url}}, "copies": [{**copy, "name": name} for name in ("golden-a", "golden-b")]}


def give(home: Path, token: Dict[str, str]) -> None:
    """The file of keys, replaced as a whole."""
    folder = home / ".huaweicloud"
    folder.mkdir(exist_ok=True)
    text = "[basic]\nak = {id}\nsk = {secret}\nsecurity_token = {token}\n".format(**token)
    (folder / "new").write_text(text, encoding="utf-8")
    (folder / "new").replace(folder / "credentials")


def start(home: Path, url: str, *arguments: str) -> subprocess.Popen[bytes]:
    (home / "plan.json").write_text(json.dumps(twelve(url)), encoding="utf-8")
    command = [sys.executable, "-m", "imgferry", "copy", "plan.json", "--journal", "j", "--output", "json", *QUICK, *arguments]
    environment = {"PATH": os.environ["PATH"], "HOME": str(home)}
    return subprocess.Popen(command, env=environment, cwd=home, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_a_token_that_is_replaced_late_is_waited_for(cli: Cli) -> None:
    with sim.Server(SCENARIO) as server:
        give(cli.home, TOKENS[0])
        running = start(cli.home, server.url, "--credentials-wait", "60s")
        assert running.stderr is not None
        seen: List[bytes] = []
        for line in iter(running.stderr.readline, b""):
            seen.append(line)
            if b'"credentials"' in line:
                break
        time.sleep(1)
        assert running.poll() is None, b"".join(seen)
        give(cli.home, TOKENS[1])
        out, err = running.communicate(timeout=110)
        report = json.loads(out)
        assert (running.returncode, report["counts"]) == (0, {"ready": 12}), (report, err)
        assert images_made(server) == [1] * 12


def test_a_token_that_nobody_replaces_leaves_what_can_be_resumed(cli: Cli) -> None:
    with sim.Server(SCENARIO) as server:
        give(cli.home, TOKENS[0])
        running = start(cli.home, server.url, "--credentials-wait", "500ms")
        out, err = running.communicate(timeout=110)
        report = json.loads(out)
        assert running.returncode == report["exit_code"] == 6 and b"imgferry resume j" in err, (report, err)
        assert set(report["counts"]) <= {"ready", "unfinished", "cancelled", "ambiguous"} and report["counts"]["cancelled"] >= 2, report["counts"]
        unlaunched = [row for row in report["rows"] if row["state"] == "cancelled"]
        assert all(row["error"]["kind"] == "auth" and row["error"]["hint_zh"] for row in unlaunched)
        give(cli.home, TOKENS[1])
        resumed = cli("resume", "j", "--output", "json", keys=False)
        assert resumed.code == 0, resumed
        assert json.loads(resumed.out)["counts"] == {"ready": 12}
        assert images_made(server) == [1] * 12
    assert "EXAMPLE-TOKEN" not in (cli.home / "j").read_text(encoding="utf-8")
