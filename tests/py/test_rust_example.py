"""The Rust example carries out a three-cloud plan over real HTTP, against the simulator."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import imgferry.sim
from test_copy import KEYS, PLAN

ROOT = Path(__file__).resolve().parents[2]


def test_three_clouds(tmp_path: Path) -> None:
    with imgferry.sim.Server({"copy_ms": [300, 900], "seed": 5}) as server:
        plan = {**PLAN, "clouds": {cloud: {"endpoint": server.url} for cloud in imgferry.sim.credentials()}, "policy": {"poll": "200ms"}}
        (tmp_path / "plan.json").write_text(json.dumps(plan))
        ran = subprocess.run(
            ["cargo", "run", "-q", "-p", "imgferry-tests", "--example", "copy", "--", str(tmp_path / "plan.json"), str(tmp_path / "journal")],
            cwd=ROOT,
            env={**os.environ, **KEYS},
            capture_output=True,
            text=True,
            timeout=600,
        )
    assert ran.returncode == 0, ran.stderr
    report = json.loads(ran.stdout)
    assert [row["state"] for row in report["rows"]] == ["ready"] * 4
    assert (tmp_path / "journal").read_text().count("\n") > 4
