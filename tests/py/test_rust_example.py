"""The Rust example carries out a three-cloud plan over real HTTP, against the simulator."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import imgferry.sim

ROOT = Path(__file__).resolve().parents[2]


def test_three_clouds(tmp_path: Path) -> None:
    names = {
        "tencent": ("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY"),
        "volcengine": ("VOLCENGINE_ACCESS_KEY", "VOLCENGINE_SECRET_KEY"),
        "huawei": ("HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK"),
    }
    keys = {}
    for cloud, id, secret in imgferry.sim.example_keys():
        keys.update(zip(names[cloud], (id, secret)))
    with imgferry.sim.Server({"copy_ms": [300, 900], "seed": 5}) as server:
        plan = {
            "clouds": {cloud: {"endpoint": server.url} for cloud in names},
            "policy": {"poll": "200ms"},
            "copies": [
                {"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "to": ["ap-shanghai", "ap-tokyo"], "name": "golden"},
                {"cloud": "volcengine", "image": "image-4431h3l7hl31a0example", "from": "cn-beijing", "to": ["cn-shanghai"], "name": "golden"},
                {
                    "cloud": "huawei",
                    "image": "465076de-dc36-4aec-80f5-ef9d8009428f",
                    "from": "cn-north-4",
                    "to": ["cn-south-1"],
                    "name": "golden",
                    "params": {"agency_name": "ims_copy_image"},
                },
            ],
        }
        (tmp_path / "plan.json").write_text(json.dumps(plan))
        ran = subprocess.run(
            ["cargo", "run", "-q", "-p", "imgferry-tests", "--example", "copy", "--", str(tmp_path / "plan.json"), str(tmp_path / "journal")],
            cwd=ROOT,
            env={**os.environ, **keys},
            capture_output=True,
            text=True,
            timeout=600,
        )
    assert ran.returncode == 0, ran.stderr
    report = json.loads(ran.stdout)
    assert [row["state"] for row in report["rows"]] == ["ready"] * 4
    assert (tmp_path / "journal").read_text().count("\n") > 4
