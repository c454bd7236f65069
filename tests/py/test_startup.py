"""What a command needs is all that it loads: a command line that is asked for help answers at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Set

import pytest

#: What takes longer to load than these commands to run.
HEAVY = {
    "asyncio", "bz2", "dataclasses", "email", "hashlib", "html", "http.client", "importlib.metadata", "inspect", "logging", "lzma",
    "rich", "shutil", "socket", "ssl", "subprocess", "tempfile", "threading", "urllib.request", "zlib",
}  # fmt: skip
PROGRAM = """
import sys
before = {*sys.modules}
from imgferry.cli.main import main
code = main(sys.argv[2:])
loaded = sorted({*sys.modules} - before)
import json, os
os.write(int(sys.argv[1]), json.dumps([code, loaded]).encode())
"""


def loaded(tmp_path: Path, *arguments: str) -> Set[str]:
    """The modules that a command loads beyond those of the interpreter."""
    reading, writing = os.pipe()
    environment = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(writing), *arguments], env=environment, pass_fds=(writing,), capture_output=True, check=False, text=True
    )
    os.close(writing)
    with os.fdopen(reading) as told:
        code, modules = json.load(told)
    assert code == 0 and done.stdout, done.stderr
    return set(modules)


@pytest.mark.skipif(os.name == "nt", reason="pipes are handed on otherwise there")
@pytest.mark.parametrize("arguments", [["--help"], ["--version"]], ids=" ".join)
def test_help_loads_nothing_heavy(tmp_path: Path, arguments: "list[str]") -> None:
    modules = loaded(tmp_path, *arguments)
    assert not modules & (HEAVY | {"json", "typing", "pathlib", "signal"})
    assert {name for name in modules if name.startswith("imgferry.")} == {
        "imgferry._imgferry", "imgferry.error", "imgferry.cli", "imgferry.cli.main", "imgferry.cli.commands", "imgferry.cli.output", "imgferry.cli.streams",
    }  # fmt: skip


@pytest.mark.skipif(os.name == "nt", reason="pipes are handed on otherwise there")
@pytest.mark.parametrize("arguments", [["list"], ["copy", "--help"], ["resume", "--help"], ["regions", "tencent"], ["schema"], ["rules", "huawei"]], ids=" ".join)
def test_a_command_that_sends_nothing_loads_no_client(tmp_path: Path, arguments: "list[str]") -> None:
    assert sorted(loaded(tmp_path, *arguments) & HEAVY) == []
