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


def test_counts_of_another_compiler_are_told_and_not_judged(instructions: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    kept = tmp_path / "instructions.txt"
    kept.write_text("# counted; rustc 1.95.0. Written by a command.\n        1  read a page of 100 images\n")
    monkeypatch.setattr(instructions, "KEPT", kept)
    monkeypatch.setattr(instructions, "ROOT", tmp_path)
    monkeypatch.setattr(instructions, "programs", lambda: tmp_path)
    monkeypatch.setattr(instructions, "counted", lambda *_: 2.0)
    monkeypatch.setattr(instructions, "compiler", lambda: "rustc 1.95.0")
    assert instructions.check() == 1
    monkeypatch.setattr(instructions, "compiler", lambda: "rustc 1.96.0")
    assert instructions.check() == 0
    assert "another compiler's than rustc 1.96.0" in capsys.readouterr().out
