"""The README's examples run, and what it says of the command line is so."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Dict, List

import imgferry.sim
import pytest
from conftest import Cli
from imgferry.cli import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> List[str]:
    """The code blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.M | re.S)


def test_python_examples(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with imgferry.sim.Server({"copy_ms": 500, "seed": 1}) as server:
        # Read in order: each may use what those before it have made.
        names: Dict[str, Any] = {}
        for code in blocks("python"):
            for written, here in (("http://127.0.0.1:8080", server.url), ("sqlite:///", f"sqlite:///{tmp_path}/")):
                code = code.replace(written, here)
            exec(compile(code, "README.md", "exec"), names)
    assert "failed" not in capsys.readouterr().out
    kept = imgferry.store.open(f"sqlite:///{tmp_path}/fleet.sqlite")
    assert [standing.state for standing in kept.standings()] == ["ended"]
    kept.close()


def test_the_plan_is_valid(cli: Cli, tmp_path: Path) -> None:
    (plan,) = blocks("yaml")
    (tmp_path / "plan.yaml").write_text(plan, encoding="utf-8")
    ran = cli("check", "plan.yaml")
    assert ran.code == 0, ran.err


def test_every_command_is_named() -> None:
    missing = [command for command in COMMANDS if not re.search(rf"[`, ]{command}[ `]", README)]
    assert not missing


def test_exit_codes_are_those_of_the_help(cli: Cli) -> None:
    told = re.findall(r"^  (\d)  ", cli("--help").out, re.M)
    assert told == ["0", "3", "4", "5", "6", "7"]
    assert all(f"**{code}**" in README for code in told)
