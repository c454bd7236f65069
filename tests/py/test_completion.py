"""`imgferry completion`: real shells complete by it."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import List

import pytest
from conftest import Cli
from imgferry.cli import COMMANDS


@pytest.fixture
def scripts(cli: Cli, tmp_path: Path) -> Path:
    for shell in ("bash", "zsh", "fish"):
        ran = cli("completion", shell)
        assert ran.code == 0 and ran.out, ran
        (tmp_path / shell).write_text(ran.out, encoding="utf-8")
    (tmp_path / "golden.yaml").write_text("", encoding="utf-8")
    return tmp_path


CASES = [
    ("imgferry co", ["completion", "copy"]),
    ("imgferry copy --journ", ["--journal"]),
    ("imgferry --output j", ["json", "jsonl"]),
    ("imgferry completion z", ["zsh"]),
    ("imgferry check gold", ["golden.yaml"]),
]


def needs(shell: str) -> None:
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")


@pytest.mark.parametrize("line, wanted", CASES, ids=lambda case: case if isinstance(case, str) else "")
def test_bash(scripts: Path, line: str, wanted: List[str]) -> None:
    needs("bash")
    words = line.split()
    script = f"""
        source ./bash
        COMP_WORDS=({" ".join(words)}); COMP_CWORD={len(words) - 1}; COMP_LINE={line!r}; COMP_POINT=${{#COMP_LINE}}
        spec=$(complete -p imgferry); function=${{spec#*-F }}; function=${{function%% *}}
        $function imgferry {words[-1]} {words[-2]}
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    ran = subprocess.run(["bash", "--norc", "-c", script], capture_output=True, text=True, cwd=scripts, timeout=60)
    assert sorted(word.strip() for word in ran.stdout.split()) == wanted, ran


@pytest.mark.parametrize("line, wanted", CASES, ids=lambda case: case if isinstance(case, str) else "")
def test_fish(scripts: Path, line: str, wanted: List[str]) -> None:
    needs("fish")
    script = f"source ./fish; complete -C {line!r}"
    ran = subprocess.run(["fish", "--no-config", "-c", script], capture_output=True, text=True, cwd=scripts, timeout=60, env={"HOME": str(scripts), "PATH": "/usr/bin:/bin"})
    found = [text.split("\t")[0] for text in ran.stdout.splitlines()]
    assert sorted(found) == wanted, ran


def test_zsh(scripts: Path) -> None:
    needs("zsh")
    # Completion in zsh wants a terminal of its own.
    (scripts / "zsh").rename(scripts / "_imgferry")
    script = """
        zmodload zsh/zpty
        zpty z zsh -f -i
        zpty -w z 'PS1=; fpath=($PWD $fpath); autoload -Uz compinit; compinit -u -D; LISTMAX=9999; stty cols 300; echo READY'
        zpty -r -m z buffer '*READY*'; zpty -r -m z buffer '*READY*'
        zpty -w -n z $'imgferry co\\t\\t'
        repeat 40 { zpty -r -t z more && buffer+=$more || sleep 0.1 }
        print -r -- "$buffer"
    """
    ran = subprocess.run(["zsh", "-f", "-c", script], capture_output=True, text=True, cwd=scripts, timeout=60, env={"HOME": str(scripts), "PATH": "/usr/bin:/bin", "TERM": "xterm"})
    shown = re.sub("\x1b\\[[0-9;?]*[A-Za-z]", "", ran.stdout)
    listed = [word for word in COMMANDS if re.search(rf"(?<![\w-]){word} +-- ", shown)]
    assert listed == ["copy", "completion"] and "error" not in ran.stdout, ran


def test_without_shtab_it_says_what_to_do(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "shtab.py").write_text("raise ImportError\n", encoding="utf-8")
    ran = cli("completion", "bash", env={"PYTHONPATH": str(tmp_path)})
    assert ran.code == 5 and "pip install 'imgferry[cli]'" in ran.err
