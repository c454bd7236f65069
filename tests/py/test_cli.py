"""What the commands print, word for word. ``UPDATE_SNAPSHOTS=1`` writes the files anew."""

from __future__ import annotations

import json
import re
import os
from pathlib import Path
from typing import List

import pytest
from conftest import Cli

FOLDER = Path(__file__).parent / "snapshots"
AT = ["--at", "1716258376000"]
COPY = ["request", "tencent", "SyncImages", "--region", "ap-guangzhou", "--param", "ImageIds=img-12345678", "--param", "DestinationRegions=ap-shanghai"]
LIST = ["request", "volcengine", "DescribeImages", "--region", "cn-beijing", "--param", 'ImageIds=["image-1", "image-2"]', "--param", "MaxResults=10"]
REPLICATE = ["request", "huawei", "CopyImageCrossRegion", "--region", "cn-north-4", "--param", "image_id=465076de-dc36-4aec-80f5-ef9d8009428f"]
for _name, _value in (("name", "golden"), ("description", "it's golden"), ("region", "cn-south-1"), ("project_name", "cn-south-1"), ("agency_name", "ims_copy_image")):
    REPLICATE += ["--param", f"{_name}={_value}"]

SNAPSHOTS = {
    "request-http": [*COPY, *AT],
    "request-curl": [*REPLICATE, *AT, "--format", "curl"],
    "request-json-with-secrets": [*LIST, *AT, "--format", "json", "--show-secrets"],
    "request-to-a-gateway": [*LIST, *AT, "--endpoint", "https://gateway.example.com/ecs", "--sign-host", "official"],
    "explain-en": ["explain", "InvalidImageName.Duplicate"],
    "explain-zh": ["explain", "IMG.0144", "--lang", "zh"],
    "explain-unknown": ["explain", "No.Such.Code", "--cloud", "huawei", "--status", "503", "--output", "json"],
    "check-zh": ["check", "--cloud", "tencent", "--image", "img 1", "--from", "ap-guangzhou", "--to", "ap-shanghai", "--lang", "zh"],
}


@pytest.mark.parametrize("name", SNAPSHOTS)
def test_prints_what_it_printed(cli: Cli, name: str) -> None:
    ran = cli(*SNAPSHOTS[name])
    told = f"{ran.code}\n{ran.out}{ran.err}"
    file = FOLDER / f"{name}.txt"
    if "UPDATE_SNAPSHOTS" in os.environ:
        FOLDER.mkdir(exist_ok=True)
        file.write_text(told, encoding="utf-8")
    assert told == file.read_text(encoding="utf-8")


def test_every_command_has_help(cli: Cli) -> None:
    head = cli("--help").out
    commands = [line.split()[0] for line in head.splitlines() if line.startswith("    ") and line[4] != " " and line.split()[0] != "COMMAND"]
    assert {"check", "copy", "export", "request", "sign", "verify", "explain", "regions", "sim", "demo", "resume", "status"} <= set(commands)
    for command in commands:
        ran = cli(command, "--help")
        assert ran.code == 0 and ran.out.startswith(f"usage: imgferry {command}"), command


@pytest.mark.parametrize("arguments", [["regions", "huawei"], COPY, ["explain", "IMG.0144"]], ids=lambda arguments: arguments[0])
def test_no_colours_where_nobody_sees_them(cli: Cli, arguments: List[str]) -> None:
    assert "\x1b" not in cli(*arguments, env={"FORCE_COLOR": "1"}).out


def test_version_and_output_forms(cli: Cli) -> None:
    assert cli("--version").out.startswith("imgferry 0.")
    whole = json.loads(cli("regions", "volcengine", "--output", "json").out)
    lines = [json.loads(line) for line in cli("--output", "jsonl", "regions", "volcengine").out.splitlines()]
    assert whole == lines and {"id", "name", "name_zh", "class"} == set(whole[0])


def test_help_tells_the_defaults_of_the_policy(cli: Cli) -> None:
    import imgferry

    told = " ".join(cli("copy", "--help", env={"COLUMNS": "500"}).out.split())
    for name, value in imgferry.Plan({"exports": [{"cloud": "tencent", "image": "i", "from": "r"}]}).as_dict()["policy"].items():
        if name not in ("rates", "active"):
            shown = json.dumps(value).strip('"')
            assert re.search(rf"--{name.replace('_', '-')} \S+ [^()]*\(default: {re.escape(shown)}\)", told), name


def test_a_reader_that_goes_away_is_no_error(cli: Cli) -> None:
    import subprocess
    import sys

    command = f"{sys.executable} -m imgferry regions tencent | true; exit ${{PIPESTATUS[0]}}"
    ran = subprocess.run(["bash", "-c", command], capture_output=True, text=True)
    assert (ran.returncode, ran.stderr) == (0, "")


def test_a_plan_saved_by_another_systems_editor_is_read(cli: Cli, tmp_path: Path) -> None:
    copy = {"cloud": "tencent", "image": "img-12345678", "from": "ap-guangzhou", "to": ["ap-shanghai"], "name": "golden"}
    for name, text in (("plan.json", json.dumps({"copies": [copy]}, indent=1)), ("plan.yaml", f"copies:\n  - {json.dumps(copy)}\n")):
        (tmp_path / name).write_bytes(text.replace("\n", "\r\n").encode("utf-8-sig"))
        assert cli("check", name).code == 0, name


def test_a_program_may_run_several_commands(capsys: pytest.CaptureFixture[str]) -> None:
    import signal

    from imgferry.cli.main import main

    before = signal.getsignal(signal.SIGINT)
    try:
        assert [main(["list"]), main(["regions", "tencent"])] == [0, 0]
    finally:
        signal.signal(signal.SIGINT, before)
    assert "ap-guangzhou" in capsys.readouterr().out
