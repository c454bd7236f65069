"""``imgferry prune`` deletes what is old and in no doubt, after telling so; all else stays, with the reason."""

from __future__ import annotations

import json
import os
import pty
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, Dict, List, Set

import pytest
from conftest import Cli, Listen, Ran
from imgferry import sim
from imgferry.cli import prune
from test_doctor import KEYS, look

DAY_MS = 86_400_000
NOW_MS = int(time.time() * 1000)
#: Where each cloud holds the images of these tests.
PLACES = {"tencent": "ap-shanghai", "volcengine": "cn-shanghai", "huawei": "cn-south-1"}


def image(cloud: str, days: int, name: str = "golden-{}", **more: Any) -> Dict[str, Any]:
    """An image made so many days ago, with the day in its name."""
    made = NOW_MS - days * DAY_MS
    day = time.strftime("%Y-%m-%d", time.gmtime(made / 1000))
    return {"cloud": cloud, "region": PLACES[cloud], "name": name.format(day), "created_ms": made, **more}


def line(cloud: str, days: List[int]) -> List[Dict[str, Any]]:
    return [image(cloud, number) for number in days]


def run(cli: Cli, server: sim.Server, cloud: str, *arguments: str, keep: int = 2, older: str = "30d") -> Ran:
    place = f"{cloud}:{PLACES[cloud]}"
    return cli("prune", place, "--keep", str(keep), "--older-than", older, "--endpoint", server.url, *arguments, keys=False, env=KEYS)


def rows(ran: Ran) -> Dict[str, Dict[str, Any]]:
    """What was said of each image, by its name."""
    return {row["name"]: row for row in json.loads(ran.out)}


def left(server: sim.Server, cloud: str) -> Set[str]:
    return {image["name"] for image in look(server, "images") if (image["cloud"], image["region"]) == (cloud, PLACES[cloud])}


def world(images: List[Dict[str, Any]], **more: Any) -> sim.Server:
    return sim.Server({"catalogue": False, "images": images, **more})


@pytest.mark.parametrize("cloud", PLACES)
def test_the_newest_and_the_young_stay(cli: Cli, cloud: str) -> None:
    with world(line(cloud, [1, 20, 40, 50, 60])) as server:
        told = run(cli, server, cloud, "--output", "json")
        before = left(server, cloud)
        assert told.code == 0 and "nothing was deleted: 3 would go with --yes" in told.err and len(before) == 5
        assert [row["verdict"] for row in rows(told).values()] == ["stays", "stays", "goes", "goes", "goes"]
        done = run(cli, server, cloud, "--output", "json", "--yes", *(["--snapshots"] if cloud != "huawei" else []))
        assert done.code == 0, done.err
        assert [row["verdict"] for row in rows(done).values()] == ["stays", "stays", "deleted", "deleted", "deleted"]
        assert left(server, cloud) == {image["name"] for image in line(cloud, [1, 20])}
        again = run(cli, server, cloud, "--yes", "--output", "json")
        assert again.code == 0 and {row["verdict"] for row in rows(again).values()} == {"stays"}


def test_an_age_alone_deletes_nothing_of_the_newest(cli: Cli) -> None:
    with world(line("tencent", [100, 200, 300])) as server:
        ran = run(cli, server, "tencent", "--yes", "--output", "json", keep=3)
        assert {row["verdict"] for row in rows(ran).values()} == {"stays"} and len(left(server, "tencent")) == 3


@pytest.mark.parametrize("cloud", PLACES)
def test_an_image_that_is_listed_twice_is_one_of_the_newest_once(cli: Cli, cloud: str) -> None:
    with world(line(cloud, [40, 50, 60]), faults={"duplicate": 1.0}) as server:
        ran = run(cli, server, cloud, "--yes", "--output", "json")
        assert [row["verdict"] for row in json.loads(ran.out)] == ["stays", "stays", "deleted"], ran.out
        assert left(server, cloud) == {image["name"] for image in line(cloud, [40, 50])}


@pytest.mark.parametrize("cloud", ["tencent", "volcengine"])
def test_what_a_listing_hides_is_not_called_deleted(cli: Cli, cloud: str) -> None:
    with world(line(cloud, [40, 50, 60, 70]), faults={"withheld": 1.0}) as server:
        ran = run(cli, server, cloud, "--yes", "--output", "json", keep=1)
        told = rows(ran)
        assert (ran.code, sorted(row["verdict"] for row in told.values())) == (4, ["failed", "failed", "stays"]), ran.out
        assert all("than it shows; ask again" in row["why"] for row in told.values() if row["verdict"] == "failed"), ran.out
        assert len(left(server, cloud)) == 4


@pytest.mark.parametrize("cloud", PLACES)
def test_what_is_in_doubt_stays(cli: Cli, cloud: str) -> None:
    doubtful = {
        "shared": image(cloud, 101, shared_with=["100000000009"]),
        "being made": image(cloud, 102, state="pending"),
        "not usable": image(cloud, 103, state="failed"),
        "no date": {**image(cloud, 104), "name": "golden"},
        "another line": image(cloud, 105, name="other-{}"),
    }
    with world([*line(cloud, [1, 2]), image(cloud, 99), *doubtful.values()]) as server:
        ran = run(cli, server, cloud, "--yes", "--output", "json")
        assert ran.code == 0, ran.err
        told = rows(ran)
        assert {name for name, row in told.items() if row["verdict"] == "deleted"} == {image(cloud, 99)["name"]}
        for why, kept in doubtful.items():
            row = told[kept["name"]]
            assert row["verdict"] == "stays" and row["why_zh"], why
            assert {"another line": "newest"}.get(why, why) in row["why"], why
        assert left(server, cloud) == {kept["name"] for kept in [*line(cloud, [1, 2]), *doubtful.values()]}


@pytest.mark.parametrize("cloud", ["tencent", "volcengine", "huawei"])
def test_what_cannot_be_asked_stays(cli: Cli, cloud: str) -> None:
    ask = {"huawei": "ListImageMembers"}.get(cloud, "DescribeImageSharePermission")
    listing = {"tencent": ["cvm:DescribeImages", "cvm:DeleteImages"], "volcengine": ["ecs:DescribeImages", "ecs:DeleteImages"], "huawei": ["ims:images:list", "ims:images:delete"]}
    with world(line(cloud, [1, 2, 90]), allow={cloud: listing[cloud]}) as server:
        ran = run(cli, server, cloud, "--yes", "--output", "json")
        why = rows(ran)[image(cloud, 90)["name"]]["why"]
        assert ran.code == 0 and "cannot be told whether it may go" in why, ask
        assert len(left(server, cloud)) == 3


def test_an_image_of_a_run_that_is_not_over_stays(cli: Cli, tmp_path: Path) -> None:
    old = image("tencent", 90, id="img-insource")
    with world([*line("tencent", [1, 2]), old], copy_ms=600_000, busy_source=False) as server:
        entry = {"cloud": "tencent", "image": "img-insource", "from": "ap-shanghai", "to": ["ap-singapore"], "name": "golden"}
        (tmp_path / "plan.json").write_text(json.dumps({"copies": [entry], "clouds": {"tencent": {"endpoint": server.url}}}))
        assert cli("copy", "plan.json", "--deadline", "2s", "--poll", "200ms", keys=False, env=KEYS).code == 6
        ran = run(cli, server, "tencent", "--yes", "--output", "json")
        assert "a run that is not over works with it" in rows(ran)[old["name"]]["why"] and old["name"] in left(server, "tencent")


def test_ages_go_by_the_clouds_clock(cli: Cli) -> None:
    # This clock is a year behind the cloud's: by it nothing would be old; and the other way round nothing may be taken for old.
    with world(line("huawei", [1, 2, 40])) as server:
        assert run(cli, server, "huawei", "--output", "json", older="39d").out.count('"goes"') == 1
    held = prune.Held("huawei", "cn-south-1", {"state": "ready", "created_ms": 1, "ownership": "private", "raw_state": "active"}, {})  # type: ignore[typeddict-item]
    assert prune.verdict(held, False, 1, DAY_MS, None)[:2] == (False, "its age cannot be told")
    assert prune.verdict(held, False, 1, DAY_MS, DAY_MS + 1)[0] and not prune.verdict(held, False, 1, DAY_MS, DAY_MS)[0]
    assert not prune.verdict(held._replace(record={"protected": True}), False, 1, DAY_MS, 2 * DAY_MS)[0]


def test_templates_tell_lineages(cli: Cli) -> None:
    names = ["web-1-2026-01-02", "web-2-2026-01-02", "golden-20260102-0330", "golden", "v2026.01.02.img"]
    assert [prune.lineage(name, []) for name in names] == [("web-1-{date}",), ("web-2-{date}",), ("golden-{date}",), None, ("v{date}.img",)]
    assert prune.lineage("golden-99999999", []) is None and prune.lineage("golden-12026-01-02", []) is None
    two = [prune.template("golden-{sha8}"), prune.template("{name}-build*")]
    assert prune.lineage("golden-0badcafe", two) == ("0",) and prune.lineage("golden-2026-01-02", two) is None
    assert prune.lineage("web-build7", two) == prune.lineage("web-build8", two) == ("1", "web") != prune.lineage("db-build7", two)
    with world([image("tencent", days, name=f"golden-build{days}") for days in (50, 60, 70)]) as server:
        assert '"goes"' not in run(cli, server, "tencent", "--output", "json").out
        ran = run(cli, server, "tencent", "--output", "json", "--name", "golden-build*", "--yes")
        assert ran.code == 0 and left(server, "tencent") == {"golden-build50", "golden-build60"}


def test_a_deletion_that_is_refused_is_told(cli: Cli) -> None:
    script = [{"cloud": "volcengine", "action": "DeleteImages", "nth": 1, "fault": "http_500_before"}]
    with world(line("volcengine", [1, 2, 90, 91]), script=script) as server:
        ran = run(cli, server, "volcengine", "--yes")
        assert ran.code == 3 and len(left(server, "volcengine")) == 3
        assert [text.split()[0] for text in ran.out.splitlines()] == ["VERDICT", "failed", "deleted", "stays", "stays"]
    with world(line("volcengine", [1, 2, 90]), script=[{**script[0], "nth": 0}]) as server:
        assert run(cli, server, "volcengine", "--yes").code == 4


def test_a_deletion_whose_answer_is_lost_is_looked_for(cli: Cli) -> None:
    with world(line("tencent", [1, 2, 90]), script=[{"cloud": "tencent", "action": "DeleteImages", "nth": 2, "fault": "lost_after"}]) as server:
        ran = run(cli, server, "tencent", "--yes", "--output", "json")
        # The first was the question whether it would go.
        assert ran.code == 0 and rows(ran)[image("tencent", 90)["name"]]["verdict"] == "deleted"
        assert [call["action"] for call in look(server, "ledger")["calls"]].count("DeleteImages") == 2


def test_what_was_deleted_is_told_when_the_output_is_lost(tmp_path: Path) -> None:
    with world(line("tencent", [1, 20, 40, 50])) as server, open("/dev/full", "w") as full:
        command = [sys.executable, "-m", "imgferry", "prune", "tencent:ap-shanghai", "--keep", "2", "--older-than", "30d", "--yes", "--endpoint", server.url]
        ran = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, env={**os.environ, **KEYS, "LC_ALL": "C.UTF-8"}, cwd=tmp_path, timeout=60)
        assert ran.returncode == 3 and "these were deleted: img-" in ran.stderr, ran.stderr
        assert len(left(server, "tencent")) == 2


@pytest.mark.parametrize(("answer", "deleted"), [("y\n", True), ("\n", False), ("yes please\n", False)])
def test_a_person_is_asked(tmp_path: Path, answer: str, deleted: bool) -> None:
    with world(line("huawei", [1, 2, 90])) as server:
        mine, theirs = pty.openpty()
        command = [sys.executable, "-m", "imgferry", "prune", f"huawei:{PLACES['huawei']}", "--keep", "2", "--older-than", "30d", "--endpoint", server.url]
        asking = subprocess.Popen(command, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), **KEYS})
        os.write(mine, answer.encode())
        out, err = asking.communicate(timeout=60)
        os.close(mine)
        os.close(theirs)
        assert asking.returncode == 0 and "delete these 1 images, for good? [y/N]" in err
        assert (len(left(server, "huawei")) == 2) is deleted and ("deleted" in out) is deleted


def test_a_deletion_that_an_interrupt_leaves_open_is_told(listen: Listen, tmp_path: Path) -> None:
    come, over = threading.Event(), threading.Event()
    with world(line("huawei", [1, 2, 90])) as server:

        def between(connection: socket.socket) -> None:
            asked = connection.recv(65_536)
            if asked.startswith(b"DELETE"):
                come.set()
                over.wait(60)
                return
            with socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2]))) as further:
                further.sendall(asked.replace(b"\r\n", b"\r\nConnection: close\r\n", 1))
                while part := further.recv(65_536):
                    connection.sendall(part)

        command = [sys.executable, "-m", "imgferry", "prune", f"huawei:{PLACES['huawei']}", "--keep", "2", "--older-than", "30d", "--yes"]
        environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), **KEYS}
        with subprocess.Popen([*command, "--endpoint", f"http://{listen(between)}"], env=environment, stderr=subprocess.PIPE, text=True) as pruning:
            assert come.wait(30)
            pruning.send_signal(signal.SIGINT)
            _, err = pruning.communicate(timeout=10)
        over.set()
        (old,) = [held["id"] for held in look(server, "images") if held["name"] == image("huawei", 90)["name"]]
    assert pruning.returncode == 130 and f"look whether it is there: {old}" in err, err


def test_what_makes_no_sense_is_refused(cli: Cli) -> None:
    for arguments, why in (
        (("--keep", "0", "--older-than", "30d"), "would leave nothing"),
        (("--keep", "1", "--older-than", "30"), "is no age"),
        (("--keep", "1", "--older-than", "1d", "--name", "*"), "every name"),
        (("--keep", "1", "--older-than", "1d", "--yes", "--dry-run"), "two answers"),
        (("--keep", "1"), "--older-than"),
    ):
        ran = cli("prune", "tencent:ap-shanghai", *arguments, keys=False, env=KEYS)
        assert ran.code == 5 and why in ran.err and "Traceback" not in ran.err, arguments
