"""``imgferry images`` lists what a cloud holds and tells where the copies of an image are, and by what they are known."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping

import imgferry
import pytest
from conftest import Cli, Listen, Ran
from imgferry import sim
from imgferry.cli import calls, threads
from imgferry.cli.images import everywhere
from test_doctor import KEYS, look

SOURCE = "465076de-dc36-4aec-80f5-ef9d8009428f"
IMAGES: List[Dict[str, Any]] = [
    {"cloud": "tencent", "region": "ap-guangzhou", "name": "golden", "id": "img-golden01", "shared_with": ["100000000002"]},
    {"cloud": "tencent", "region": "ap-shanghai", "name": "golden", "id": "img-golden02"},
    {"cloud": "tencent", "region": "ap-singapore", "name": "golden-2", "id": "img-golden03"},
    {"cloud": "tencent", "region": "ap-singapore", "name": "golden", "id": "img-golden04", "visibility": "shared"},
    {"cloud": "huawei", "region": "cn-south-1", "name": "another name", "origin": {"region": "cn-north-4", "image": SOURCE}, "encrypted": True},
    {"cloud": "huawei", "region": "cn-east-3", "name": "web-base", "origin": {"region": "cn-north-4", "image": "00000000-0000-4000-8000-0000000000e8"}},
    {"cloud": "volcengine", "region": "cn-shanghai", "name": "web-base", "shared_with": ["2100000000"], "state": "failed"},
]


@pytest.fixture
def server() -> Iterator[sim.Server]:
    with sim.Server({"images": IMAGES}) as server:
        yield server


def images(cli: Cli, server: sim.Server, *arguments: str) -> Ran:
    return cli("images", *arguments, "--endpoint", server.url, keys=False, env=KEYS)


def test_a_region_is_listed(cli: Cli, server: sim.Server) -> None:
    ran = images(cli, server, "list", "tencent", "ap-shanghai")
    head, *rows = ran.out.splitlines()
    assert ran.code == 0 and head.split()[:5] == ["REGION", "ID", "NAME", "STATE", "SIZE"]
    assert [row.split()[:6] for row in rows] == [["ap-shanghai", "img-golden02", "golden", "ready", "40", "GiB"]]
    data = json.loads(images(cli, server, "list", "huawei", "cn-south-1", "cn-east-3", "--output", "json").out)
    assert [(row["region"], row["name"], row["encrypted"], row["shared"]) for row in data] == [
        ("cn-south-1", "another name", True, False),
        ("cn-east-3", "web-base", False, False),
    ]
    (failed,) = json.loads(images(cli, server, "list", "volcengine", "cn-shanghai", "--output", "json").out)
    assert (failed["state"], failed["raw_state"], failed["shared"]) == ("failed", "error", True)


def test_every_region_that_the_cloud_lists(cli: Cli, server: sim.Server) -> None:
    ran = images(cli, server, "list", "tencent", "--all-regions", "--name", "golden*", "--output", "jsonl")
    assert ran.code == 0, ran.err
    # What others share is none of the account's own.
    assert [json.loads(line)["id"] for line in ran.out.splitlines()] == ["img-golden01", "img-golden02", "img-golden03"]
    asked = {call["region"] for call in look(server, "ledger")["calls"] if call["action"] == "DescribeImages"}
    assert len(asked) == 22


def test_a_page_that_shows_nothing_new_ends_a_listing(monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = calls.Cloud("volcengine", imgferry.Credentials("AKLTEXAMPLE", "EXAMPLE-SECRET-VOLCENGINE"), {})
    asked: List[str] = []

    def ask(operation: str, params: Mapping[str, Any], region: str) -> Any:
        asked.append(operation)
        kind, item = ("regions", "cn-beijing") if operation == "DescribeRegions" else ("images", {"id": "image-0"})
        return {"facts": {"type": kind, "items": [item], "next": "the same", "total": None}, "data": {}}

    monkeypatch.setattr(cloud, "ask", ask)
    assert calls.all_regions(cloud) == ["cn-beijing"]
    assert [image["id"] for image, _ in cloud.images("cn-beijing")] == ["image-0"]
    assert asked == ["DescribeRegions"] * 2 + ["DescribeImages"] * 2


@pytest.mark.parametrize("cloud, region", [("tencent", "ap-shanghai"), ("volcengine", "cn-shanghai")])
def test_a_listing_that_hides_images_says_so(cli: Cli, cloud: str, region: str) -> None:
    with sim.Server({"images": IMAGES, "faults": {"withheld": 1.0}}) as server:
        ran = images(cli, server, "list", cloud, region)
        assert ran.code == 3 and f"{region}: the cloud tells of more images than it shows; ask again" in ran.err, ran.err


def test_a_page_does_not_end_a_listing(cli: Cli) -> None:
    many = [{"cloud": cloud, "region": region, "name": f"golden-{n:03}"} for n in range(230) for cloud, region in (("tencent", "ap-tokyo"), ("volcengine", "cn-guangzhou"))]
    with sim.Server({"images": many}) as server:
        for cloud, region in (("tencent", "ap-tokyo"), ("volcengine", "cn-guangzhou")):
            rows = json.loads(images(cli, server, "list", cloud, region, "--output", "json").out)
            assert len({row["id"] for row in rows}) == len(rows) == 230, cloud


def test_copies_are_told_by_their_origin_where_it_is_recorded(cli: Cli, server: sim.Server) -> None:
    ran = images(cli, server, "show", "huawei", "cn-north-4", SOURCE, "--output", "json")
    data = json.loads(ran.out)
    assert ran.code == 0 and data["shared_with"] == []
    # The other one has the name, and another origin.
    assert [(copy["region"], copy["name"], copy["by"]) for copy in data["copies"]] == [("cn-south-1", "another name", "origin")]


def test_elsewhere_they_are_told_by_their_name_and_said_to_be(cli: Cli, server: sim.Server) -> None:
    ran = images(cli, server, "show", "tencent", "ap-guangzhou", "img-golden01")
    assert ran.code == 0 and "shared with    100000000002" in ran.out and "the cloud does not tell" in ran.out
    (copy,) = [line for line in ran.out.splitlines() if "img-golden0" in line and "ap-guangzhou" not in line and not line.startswith("id")]
    assert copy.startswith("ap-shanghai") and copy.endswith("by its name alone")
    assert "仅按名称" in images(cli, server, "show", "tencent", "ap-guangzhou", "img-golden01", "--lang", "zh").out
    here = images(cli, server, "show", "tencent", "ap-guangzhou", "img-golden01", "--here")
    assert here.code == 0 and "copies" not in here.out


def test_a_region_that_refuses_is_told_and_the_others_are_shown(cli: Cli) -> None:
    with sim.Server({"images": IMAGES}) as server:
        ran = images(cli, server, "list", "tencent", "ap-shanghai", "ap-nowhere", "--output", "json")
        none = images(cli, server, "list", "tencent", "ap-nowhere", "ap-neverland")
    assert ran.code == 3 and "ap-nowhere could not be looked in: UnsupportedRegion" in ran.err and len(json.loads(ran.out)) == 1
    assert none.code == 4


def test_a_throttled_look_is_repeated(cli: Cli) -> None:
    script = [{"cloud": "volcengine", "action": "DescribeImages", "nth": 1, "fault": "throttle"}]
    with sim.Server({"images": IMAGES, "script": script}) as server:
        ran = images(cli, server, "list", "volcengine", "cn-shanghai", "--output", "json")
    assert ran.code == 0 and len(json.loads(ran.out)) == 1


def test_what_cannot_be_is_one_sentence(cli: Cli, server: sim.Server) -> None:
    none = images(cli, server, "show", "tencent", "ap-shanghai", "img-nowhere1")
    assert none.code == 5 and "lists no image img-nowhere1 in ap-shanghai" in none.err
    assert "name one, such as cn-beijing" in images(cli, server, "list", "volcengine").err
    wrong = cli("images", "list", "tencent", "ap-shanghai", "--endpoint", server.url)
    assert wrong.code == 5 and "could not be validated" in wrong.err and "EXAMPLE-SECRET" not in wrong.err


def test_a_longer_wait_than_anyone_has_patience_for_is_told_instead(cli: Cli, listen: Listen) -> None:
    def busy(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(b"HTTP/1.1 503 Busy\r\nRetry-After: 86400\r\nContent-Length: 2\r\n\r\n{}")

    at = listen(busy)
    for command in (["images", "list", "tencent", "ap-guangzhou"], ["prune", "tencent:ap-guangzhou", "--keep", "1", "--older-than", "1d"]):
        for lang, wait in (("en", "a wait of 86,400 s"), ("zh", "等待 86,400 秒")):
            ran = cli(*command, "--endpoint", f"http://{at}", "--lang", lang)
            assert ran.code == 5 and wait in ran.err, ran.err


@pytest.mark.parametrize("command", [["images", "list", "tencent", "ap-guangzhou"], ["prune", "tencent:ap-guangzhou", "--keep", "1", "--older-than", "1d"]])
def test_an_interrupt_ends_a_look_at_a_silent_host(listen: Listen, command: List[str], tmp_path: Path) -> None:
    come, over = threading.Event(), threading.Event()

    def silent(connection: socket.socket) -> None:
        connection.recv(65_536)
        come.set()
        over.wait(60)

    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), **KEYS}
    program = [sys.executable, "-m", "imgferry", *command, "--endpoint", f"http://{listen(silent)}"]
    with subprocess.Popen(program, env=environment, stderr=subprocess.PIPE, text=True) as looking:
        assert come.wait(30)
        looking.send_signal(signal.SIGINT)
        _, err = looking.communicate(timeout=10)
    over.set()
    assert looking.returncode == 130 and "Traceback" not in err, err


def test_where_there_can_be_no_thread_regions_are_looked_at_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "started", lambda *_: False)
    cloud = calls.Cloud("tencent", imgferry.Credentials("AKIDEXAMPLE", "EXAMPLE-SECRET-TENCENT"), {})
    regions = [f"r{number}" for number in range(20)]

    def look(region: str) -> List[str]:
        if region == "r3":
            raise imgferry.Error("not here")
        return [region]

    found, refused = everywhere(cloud, regions, look)
    assert found == [region for region in regions if region != "r3"] and list(refused) == ["r3"]


@pytest.mark.parametrize("zone", ["+99999999999999999", "-99999999999999999", "GMT", "-2359"])
@pytest.mark.parametrize("day", ["01 Jan 2024 00:00:00", "01 Jan 0001 00:00:00", "31 Dec 9999 23:59:59", "01 Jan 2024 99999999999999999999:00:00", "01 Jan 99999999999999999999 00:00:00"])
def test_any_date_of_an_answer_is_one_or_none(day: str, zone: str) -> None:
    assert isinstance(calls.date([("Date", f"Mon, {day} {zone}")]), (int, type(None)))


@pytest.mark.parametrize("id", [[], {}, None, 5, True])
def test_an_id_that_is_no_text_is_none(id: object, monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = calls.Cloud("tencent", imgferry.Credentials("AKIDEXAMPLE", "EXAMPLE-SECRET-TENCENT"), {})
    records = [{"ImageId": id}, {"ImageId": "img-golden01"}]
    facts = {"type": "images", "items": [{"id": "img-golden01"}], "next": None, "total": None}
    monkeypatch.setattr(cloud, "ask", lambda *_: {"facts": facts, "data": {"ImageSet": records}})
    assert [(image["id"], record) for image, record in cloud.images("ap-guangzhou")] == [("img-golden01", records[1])]
