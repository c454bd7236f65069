"""The check of instructions: what grows is told, unless a message of a commit says its number."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Iterator

import pytest

BENCH = Path(__file__).parents[1] / "bench"


@pytest.fixture
def instructions(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.syspath_prepend(str(BENCH))
    spec = importlib.util.spec_from_file_location("instructions", BENCH / "instructions.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    for name in ("rows", "before"):
        sys.modules.pop(name, None)


def test_what_grows_is_told_unless_a_message_says_its_number(instructions: ModuleType) -> None:
    was = {"build": 2_000, "sign": 40_000}
    assert instructions.grew({"build": 2_099, "sign": 30_000}, was, "") == []
    assert instructions.grew({"build": 2_101, "sign": 42_001}, was, "") == ["build", "sign"]
    # The number as people write it, and as it is counted on another machine.
    assert instructions.grew({"build": 2_101, "sign": 42_001}, was, "feat: more\n\nsign takes 42,100 instructions now") == ["build"]
    assert instructions.grew({"build": 2_101, "sign": 50_000}, was, "sign takes 42,100 instructions now") == ["build", "sign"]
    assert instructions.grew({"new": 5}, was, "") == []


def test_a_file_that_is_written_higher_needs_its_number_too(instructions: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = tmp_path / "tests/bench/instructions.txt"
    name.parent.mkdir(parents=True)
    monkeypatch.setattr(instructions, "ROOT", tmp_path)
    monkeypatch.setattr(instructions, "KEPT", name)

    def commit(count: str, message: str) -> None:
        name.write_text(f"# counted\n{count:>9}  sign\n")
        as_someone = ["-c", "user.name=nobody", "-c", "user.email=nobody@example.com"]
        for command in (["init", "-q"], ["add", "-A"], [*as_someone, "commit", "-q", "--no-gpg-sign", "-m", message]):
            subprocess.run(["git", *command], cwd=tmp_path, check=True)

    commit("40,000", "bench: counted")
    assert instructions.written_higher() == []
    commit("41,000", "bench: counted again")
    assert instructions.written_higher() == []
    commit("50,000", "feat: something")
    assert instructions.written_higher() == ["50,000  sign"]
    commit("60,000", "feat: something\n\nA signature takes 60,000 instructions, was 50,000.")
    assert instructions.written_higher() == [] and instructions.said(60_010, instructions.since_written())
