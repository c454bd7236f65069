"""``imgferry permissions`` asks for what a run needs, no more and no less: each action is taken away in turn."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, List

import imgferry
import pytest
from conftest import Cli, Ran
from imgferry import sim
from test_doctor import KEYS, look

#: Plans that use all that a plan can ask of a cloud.
ENTRIES: Dict[str, List[Dict[str, Any]]] = {
    "tencent": [
        {
            "cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "to": ["ap-shanghai"], "name": "golden",
            "after": {"description": "d", "tags": {"a": "b"}, "share": ["100000000002"]},
        }
    ],
    "volcengine": [
        {
            "cloud": "volcengine", "image": "image-4431h3l7hl31a0example", "from": "cn-beijing", "to": ["cn-shanghai"], "name": "golden",
            "after": {"description": "d", "tags": {"a": "b"}, "share": ["2100000000"]},
        }
    ],
    "huawei": [
        {
            "cloud": "huawei", "image": "465076de-dc36-4aec-80f5-ef9d8009428f", "from": "cn-north-4", "to": ["cn-south-1"], "name": "golden",
            "params": {"agency_name": "ims_copy_image"}, "after": {"description": "d", "share": ["0123456789abcdef0123456789abcdef"]},
        }
    ],
}  # fmt: skip
SETTINGS: Dict[str, Dict[str, Any]] = {"tencent": {"uin": "100000000001"}, "volcengine": {}, "huawei": {}}


def plan(cloud: str, endpoint: str, **policy: Any) -> Dict[str, Any]:
    settings = {cloud: {**SETTINGS[cloud], "endpoint": endpoint}}
    return {"copies": ENTRIES[cloud], "clouds": settings, "policy": {"poll": "50ms", "poll_max": "100ms", "settle": "100ms", **policy}}


def permissions(cli: Cli, tmp_path: Path, plan: Dict[str, Any], *arguments: str) -> Ran:
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    return cli("permissions", "plan.json", *arguments)


def actions(cli: Cli, tmp_path: Path, cloud: str) -> Dict[str, str]:
    """The actions of a cloud's policy, and what becomes of a run without each."""
    ran = permissions(cli, tmp_path, plan(cloud, "http://127.0.0.1:9"), "--output", "json")
    assert ran.code == 0, ran.err
    told = json.loads(ran.out)[cloud]
    (statement,) = told["policy"].get("statement") or told["policy"]["Statement"]
    named = {action["action"]: action["without"] for action in told["actions"]}
    assert (statement.get("action") or statement["Action"]) == sorted(named)
    return named


def granted(cloud: str, server: sim.Server) -> "set[str]":
    """What the calls that came needed."""
    grants = {table["name"]: table["grant"] for table in imgferry.operations(cloud)}  # type: ignore[arg-type]
    return {grants[call["action"]] for call in look(server, "ledger")["calls"]}


@pytest.mark.parametrize("cloud", ENTRIES)
def test_no_more_and_no_less(cli: Cli, tmp_path: Path, cloud: str) -> None:
    named = actions(cli, tmp_path, cloud)
    with sim.Server({"copy_ms": 300, "allow": {cloud: list(named)}}) as server:
        report = imgferry.copy(plan(cloud, server.url), sim.credentials())
        assert report["exit_code"] == 0, report["rows"]
        assert granted(cloud, server) == set(named)
    for lost, without in named.items():
        events: List[Any] = []
        with sim.Server({"copy_ms": 300, "allow": {cloud: [name for name in named if name != lost]}}) as server:
            report = imgferry.copy(plan(cloud, server.url, lane_deadline="20s"), sim.credentials(), journal=lambda _: None, on_event=events.append)
        (row,) = report["rows"]
        if without == "refused":
            assert report["exit_code"] in (4, 6), (lost, row)
            assert row["error"] and row["error"]["kind"] == "permission" and lost in row["error"]["message"], (lost, row)
        else:
            warned = " ".join(event["error"]["message"] for event in events if event.get("error"))
            assert row["state"] == "ready" and lost in warned, (lost, row)


@pytest.mark.parametrize("cloud", ENTRIES)
def test_who_cannot_look_copies_blindly(cli: Cli, tmp_path: Path, cloud: str) -> None:
    named = actions(cli, tmp_path, cloud)
    (listing,) = [name for name in named if name in ("cvm:DescribeImages", "ecs:DescribeImages", "ims:images:list")]
    assert named[listing] == ("refused" if cloud == "tencent" else "blind")
    if cloud == "tencent":
        return
    script = [{"cloud": cloud, "action": {"volcengine": "CopyImage", "huawei": "CopyImageCrossRegion"}[cloud], "nth": 1, "fault": "lost_after"}]
    with sim.Server({"copy_ms": 300, "allow": {cloud: [name for name in named if name != listing]}, "script": script}) as server:
        report = imgferry.copy(plan(cloud, server.url), sim.credentials(), journal=lambda _: None)
    assert report["exit_code"] == 7 and report["rows"][0]["state"] == "ambiguous"


def test_a_plan_that_asks_for_less_needs_less(cli: Cli, tmp_path: Path) -> None:
    entry = {name: value for name, value in ENTRIES["tencent"][0].items() if name != "after"}
    slim = {"copies": [entry], "policy": {"check_quota": False}}
    told = json.loads(permissions(cli, tmp_path, slim, "--output", "json").out)
    assert told["tencent"]["policy"]["statement"][0]["action"] == ["cvm:DescribeImages", "cvm:SyncImages"]
    whole = {"copies": [entry]}
    assert "cvm:DescribeImageQuota" in permissions(cli, tmp_path, whole).out
    assert "cvm:DescribeImageQuota" not in permissions(cli, tmp_path, whole, "--least").out
    both = {"copies": ENTRIES["tencent"] + ENTRIES["volcengine"], "clouds": {"tencent": SETTINGS["tencent"]}}
    assert set(json.loads(permissions(cli, tmp_path, both, "--only", "volcengine", "--output", "json").out)) == {"volcengine"}


def test_chains_and_exports(cli: Cli, tmp_path: Path) -> None:
    key = "465076de-dc36-4aec-80f5-ef9d8009428f"
    chained = [{**ENTRIES["huawei"][0], "chain": {"cmk_id": key, "delete_intermediates": True}}]
    told = json.loads(permissions(cli, tmp_path, {"copies": chained}, "--output", "json").out)["huawei"]
    by_name = {action["action"]: action for action in told["actions"]}
    assert by_name["ims:images:copy"]["regions"] == ["cn-north-4", "cn-south-1"] and "ims:images:delete" in by_name
    exports = [{"cloud": "volcengine", "image": "image-4431h3l7hl31a0example", "from": "cn-beijing", "name": "golden", "params": {"TOSBucket": "b"}}]
    told = json.loads(permissions(cli, tmp_path, {"exports": exports}, "--output", "json").out)["volcengine"]
    assert told["policy"]["Statement"][0]["Action"] == ["ecs:DescribeImages", "ecs:DescribeTasks", "ecs:ExportImage"]
    assert any("bucket" in note["message"] for note in told["notes"])


def test_the_agency_and_what_is_not_known(cli: Cli, tmp_path: Path) -> None:
    ran = permissions(cli, tmp_path, {"copies": ENTRIES["huawei"]}, "--output", "json")
    (agency,) = json.loads(ran.out)["huawei"]["agencies"]
    assert agency["agency_name"] == "ims_copy_image" and agency["trust_domain_name"] == "op_svc_ims"
    assert agency["policies"] == ["IMS CrossCopyAgencyPolicy"] and agency["projects"] == ["cn-south-1"]
    text = permissions(cli, tmp_path, {"copies": ENTRIES["huawei"]})
    assert "newer pages ask for ims:serverImages:create" in text.out and "the run is refused or cannot be followed" in text.out
    zh = cli("policy", "plan.json", "--lang", "zh")
    assert zh.code == 0 and "IAM 自定义策略" in zh.out and "运行被拒或无法跟踪" in zh.out
