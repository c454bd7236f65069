"""The recipes run: the action for GitHub, step by step, and the hand-off from Packer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, Iterator, List

import pytest
from conftest import KEYS, Cli
from imgferry import sim

ACTION = Path(__file__).resolve().parents[2] / ".github/actions/copy"
ENVIRONMENT = {**KEYS, "TENCENTCLOUD_SECRET_KEY": "EXAMPLE-SECRET-TENCENT", "VOLCENGINE_SECRET_KEY": "EXAMPLE-SECRET-VOLCENGINE"}


@pytest.fixture
def clouds() -> Iterator[sim.Server]:
    with sim.Server({"copy_ms": [200, 400], "visible_after_ms": 100}) as server:
        yield server


class Runner:
    """Runs the steps of the action as a runner does, with what this environment has in place of what it installs."""

    def __init__(self, folder: Path) -> None:
        from ruamel.yaml import YAML

        self.folder = folder
        self.action: Any = YAML(typ="safe").load(ACTION / "action.yml")
        (folder / "imgferry-venv").mkdir()
        (folder / "imgferry-venv/bin").symlink_to(Path(sys.executable).parent)
        self.output, self.summary = folder / "output", folder / "summary"

    def __call__(self, **inputs: str) -> int:
        given = {name: inputs.pop(name, declared.get("default", "")) for name, declared in self.action["inputs"].items()}
        assert not inputs, "the action has no such input"
        self.output.write_text("")
        self.summary.write_text("")
        code = 0
        for step in self.action["runs"]["steps"]:
            if "uses" in step or step["name"] == "Install imgferry":
                continue
            words = {name: self.filled(text, given) for name, text in step["env"].items()}
            folders = {"RUNNER_TEMP": self.folder, "GITHUB_ACTION_PATH": ACTION, "GITHUB_OUTPUT": self.output, "GITHUB_STEP_SUMMARY": self.summary}
            environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), **ENVIRONMENT, **words, **{name: str(path) for name, path in folders.items()}}
            code = subprocess.run(["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]], env=environment, cwd=self.folder, timeout=120).returncode
        return code

    @staticmethod
    def filled(text: str, given: Dict[str, str]) -> str:
        for name, value in given.items():
            text = text.replace(f"${{{{ inputs.{name} }}}}", value)
        assert "${{" not in text
        return text

    def outputs(self) -> Dict[str, str]:
        return dict(line.split("=", 1) for line in self.output.read_text().splitlines())


def test_the_action_copies_and_tells_the_workflow(clouds: sim.Server, tmp_path: Path) -> None:
    copies = [{"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "to": ["ap-shanghai", "ap-beijing"], "name": "golden"}]
    (tmp_path / "golden.json").write_text(json.dumps({"clouds": {"tencent": {"endpoint": clouds.url}}, "copies": copies}))
    run = Runner(tmp_path)
    assert run(plan="golden.json", options="--poll 200ms  --settle 2s") == 0
    outputs = run.outputs()
    assert set(outputs) == set(run.action["outputs"])
    images = json.loads(outputs["images"])
    assert [image["region"] for image in images] == ["ap-shanghai", "ap-beijing"] and all(image["image"] for image in images)
    assert json.loads(Path(outputs["report"]).read_text())["counts"] == {"ready": 2}
    assert run.summary.read_text().count("| ready |") == 2
    # What the cache keeps is where the journals are.
    assert list((tmp_path / "imgferry").glob("*.journal"))
    # Run again: nothing is made twice.
    assert run(plan="golden.json") == 0
    assert [len(lane["images"]) for lane in clouds.world.ledger()["lanes"]] == [1, 1]


def test_the_action_fails_as_the_command_does(clouds: sim.Server, tmp_path: Path) -> None:
    run = Runner(tmp_path)
    assert run(options="--cloud tencent --image img-o3ycss2p --from ap-guangzhou --to ap-shanghai;touch${IFS}x --name x") == 5
    assert not run.outputs() and not (tmp_path / "x").exists()
    options = f"--cloud tencent --image img-00000000 --from ap-guangzhou --to ap-shanghai --name x --endpoint {clouds.url} --poll 200ms"
    assert run(options=options) == 4
    assert "| failed |" in run.summary.read_text()


def manifest(folder: Path, *builds: Dict[str, Any]) -> str:
    """As Packer writes it: an earlier run is in it, too."""
    earlier = {"name": "golden", "builder_type": "tencentcloud-cvm", "artifact_id": "ap-beijing:img-eeeeeeee", "packer_run_uuid": "1", "custom_data": None}
    rest = {"name": "golden", "build_time": 1_795_850_000, "files": None, "packer_run_uuid": "2", "custom_data": None}
    (folder / "manifest.json").write_text(json.dumps({"builds": [earlier, *({**rest, **build} for build in builds)], "last_run_uuid": "2"}))
    return "manifest.json"


TENCENT = {"builder_type": "tencentcloud-cvm", "artifact_id": "ap-guangzhou:img-o3ycss2p"}
VOLCENGINE = {"builder_type": "volcengine-ecs", "artifact_id": "image-4431h3l7hl31a0example"}
HUAWEI = {"builder_type": "huaweicloud-ecs", "artifact_id": "465076de-dc36-4aec-80f5-ef9d8009428f", "custom_data": {"region": "cn-north-4"}}


def test_what_packer_baked_is_copied(cli: Cli, clouds: sim.Server, tmp_path: Path) -> None:
    file = manifest(tmp_path, TENCENT)
    ran = cli("copy", "--packer", file, "--to", "ap-shanghai", "--name", "golden", "--endpoint", clouds.url, "--poll", "200ms", env=ENVIRONMENT)
    assert ran.code == 0, ran.err
    (lane,) = clouds.world.ledger()["lanes"]
    assert (lane["source"], lane["region"]) == ("img-o3ycss2p", "ap-shanghai")


def test_entries_of_a_plan_take_what_they_leave_out(cli: Cli, clouds: sim.Server, tmp_path: Path) -> None:
    file = manifest(tmp_path, TENCENT, VOLCENGINE, HUAWEI)
    copies: List[Dict[str, Any]] = [
        {"cloud": "tencent", "to": ["ap-shanghai"], "name": "golden"},
        {"cloud": "volcengine", "from": "cn-beijing", "to": ["cn-shanghai"], "name": "golden"},
        {"cloud": "huawei", "to": ["cn-south-1"], "name": "golden", "params": {"agency_name": "ims_copy_image"}},
    ]
    (tmp_path / "plan.json").write_text(json.dumps({"copies": copies}))
    ran = cli("plan", "plan.json", "--packer", file, "--endpoint", clouds.url, "--output", "json", env={**ENVIRONMENT, "HUAWEICLOUD_SDK_SK": "EXAMPLE-SECRET-HUAWEI"})
    rows = json.loads(ran.out)["rows"]
    assert [(row["cloud"], row["from"], row["image"], row["state"]) for row in rows] == [
        ("tencent", "ap-guangzhou", "img-o3ycss2p", "missing"),
        ("volcengine", "cn-beijing", VOLCENGINE["artifact_id"], "missing"),
        ("huawei", "cn-north-4", HUAWEI["artifact_id"], "missing"),
    ], ran.err


@pytest.mark.parametrize(
    ("builds", "words", "told"),
    [
        ([TENCENT, VOLCENGINE], (), "several images"),
        ([], (), "no image is meant: its last run made none"),
        ([{"builder_type": "amazon-ebs", "artifact_id": "us-east-1:ami-0"}], (), "none for these clouds"),
        ([VOLCENGINE], (), "does not tell the region"),
        ([{**TENCENT, "artifact_id": "ap-guangzhou:img-o3ycss2p,ap-tokyo:img-aaaaaaaa"}], (), "several images"),
        ([TENCENT], ("--cloud", "huawei"), "no image"),
    ],
)
def test_what_a_manifest_does_not_tell(cli: Cli, tmp_path: Path, builds: List[Dict[str, Any]], words: "tuple[str, ...]", told: str) -> None:
    ran = cli("check", "--packer", manifest(tmp_path, *builds), "--to", "ap-shanghai", *words, env=ENVIRONMENT)
    assert ran.code == 5 and told in ran.err, ran.err


def test_no_manifest(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"builds": 1}')
    assert "no manifest of Packer" in cli("check", "--packer", "manifest.json", "--to", "ap-shanghai").err
    file = manifest(tmp_path, TENCENT)
    (tmp_path / "plan.json").write_text(json.dumps({"copies": [{"cloud": "tencent", "image": "img-1", "from": "ap-guangzhou", "to": ["ap-shanghai"]}]}))
    ran = cli("check", "plan.json", "--packer", file)
    assert ran.code == 5 and "would change nothing" in ran.err
