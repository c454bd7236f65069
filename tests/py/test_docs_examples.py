"""Every code block of the documentation runs, page by page, against the clouds in a box."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Dict, Iterator, List, NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
#: What installs is tried elsewhere: the wheels, the package of npm, the crate.
INSTALLS = ("pip install ", "npm install ", "cargo add ")
#: Languages that others run: tests/js/docs.test.mjs, the documentation tests of tests/rust.
ELSEWHERE = {"js", "rust"}
SHOWN_ONLY = {"text", ""}


class Block(NamedTuple):
    line: int
    language: str
    title: str
    text: str


def blocks(page: Path) -> Iterator[Block]:
    text = page.read_text(encoding="utf-8")
    for found in re.finditer(r'^```(\w*)(?: title="([^"]+)")?\n(.*?)^```$', text, re.M | re.S):
        yield Block(text[: found.start()].count("\n") + 1, found[1], found[2] or "", found[3])


PAGES = [page for page in sorted(DOCS.rglob("*.md")) if "node_modules" not in page.parts and any(block.language not in ELSEWHERE | SHOWN_ONLY for block in blocks(page))]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Dict[Path, Future[None]]]":
    """All pages at once: most of their time is waiting for copies."""
    with ThreadPoolExecutor(6) as pool:
        yield {page: pool.submit(run_page, page, tmp_path_factory.mktemp("page")) for page in PAGES}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(DOCS)))
def test_examples_run(page: Path, running: "Dict[Path, Future[None]]") -> None:
    if page.name == "fleet.md" and sys.version_info < (3, 10):
        pytest.skip("the engine of fleets needs Python 3.10 or later")
    running[page].result()


def run_page(page: Path, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(tmp_path / "home"),
        "LANG": "zh_CN.UTF-8" if "zh" in page.relative_to(DOCS).parts else "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        # Nothing leaves this machine, whatever a page says.
        "https_proxy": "http://127.0.0.1:9",
    }
    work = tmp_path / "work"
    work.mkdir()
    (tmp_path / "home").mkdir()
    shell = subprocess.Popen(
        ["bash", "--norc"], cwd=work, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    with shell:
        try:
            for block in blocks(page):
                try_block(block, f"{page.relative_to(ROOT)}:{block.line}", shell, port, work)
        finally:
            # The simulators, too.
            os.killpg(shell.pid, signal.SIGKILL)


def try_block(block: Block, where: str, shell: "subprocess.Popen[str]", port: int, work: Path) -> None:
    text = block.text.replace("8080", str(port))
    if block.title:
        (work / block.title).parent.mkdir(parents=True, exist_ok=True)
        (work / block.title).write_text(text, encoding="utf-8")
    for command, shown in commands(block, text, where):
        out, code = run_command(shell, command, port, work / "sim.log")
        assert code == 0, f"{where}: {command}\n{out}"
        came = [comparable(line) for line in out.splitlines()]
        for line in shown:
            begins = line.endswith("…")  # and goes on
            wanted = comparable(line)
            assert any(told.startswith(wanted) if begins else told == wanted for told in came), f"{where}: {command}\n{line}\nis not among\n{out}"
        if shown and "…" not in "".join(shown):
            # Nothing says that something was cut: all of it stands there, in its order.
            whole = [comparable(line) for line in shown]
            assert [line for line in whole if line] == [line for line in came if line], f"{where}: {command}\nprints more or otherwise:\n{out}"


def commands(block: Block, text: str, where: str) -> "Iterator[tuple[str, List[str]]]":
    """What a block wants run, each with the lines that it says come of it."""
    if block.language == "console":
        for part in re.split(r"^\$ ", text, flags=re.M)[1:]:
            command, *shown = part.splitlines()
            while command.endswith("\\"):
                command, *shown = f"{command}\n{shown[0]}", *shown[1:]
            if not command.startswith(INSTALLS):
                yield command, shown
    elif block.language == "python" and not block.title:
        yield f"python3 -W error - <<'END'\n{text}END", []
    elif block.language == "python":
        compile(text, where, "exec")
    elif block.language == "json":
        json.loads(text)
    elif block.language == "yaml":
        from imgferry.cli.yaml import parse

        document, problems = parse(where, text)
        assert not problems, f"{where}: {problems}"
        for step in steps(document):
            if not step.startswith(INSTALLS):
                yield step, []
    elif block.language == "hcl":
        for inner in re.findall(r"inline\s*=\s*(\[.*\])", text):
            yield from ((command, []) for command in json.loads(inner))
        yield from ((json.loads(inner), []) for inner in re.findall(r'command\s*=\s*(".*")', text))
    else:
        assert block.language in ELSEWHERE | SHOWN_ONLY, f"{where}: nothing runs {block.language!r}"


def steps(document: object) -> List[str]:
    """The lines that a workflow runs, but for those that need the forge."""
    jobs = document.get("jobs", {}) if isinstance(document, dict) else {}
    return [step["run"] for job in jobs.values() for step in job["steps"] if "run" in step and step["run"].startswith("imgferry check")]


def run_command(shell: "subprocess.Popen[str]", command: str, port: int, log: Path) -> "tuple[str, int]":
    """Runs a command in the page's shell; a simulator stays in the background until the page ends."""
    assert shell.stdin and shell.stdout
    serves = command.startswith("imgferry sim ")
    if serves:
        command = f"{command} > {log} 2>&1 &"
    shell.stdin.write(f"{command}\nprintf '\\n@@@ %d\\n' $?\n")
    shell.stdin.flush()
    out = []
    for line in iter(shell.stdout.readline, ""):
        if line.startswith("@@@ "):
            return (wait_for(port, log) if serves else "".join(out)), int(line.split()[1])
        out.append(line)
    raise AssertionError(f"the shell ended: {command}\n{''.join(out)}")


def wait_for(port: int, log: Path) -> str:
    """What a simulator says when it serves."""
    for _ in range(200):
        with socket.socket() as probe:
            said = log.read_text(encoding="utf-8") if log.exists() else ""
            if said.count("\n") > 1 and probe.connect_ex(("127.0.0.1", port)) == 0:
                return said
        time.sleep(0.05)
    raise AssertionError("the simulator does not answer")


def comparable(line: str) -> str:
    """A line without what differs from run to run: ids, times, ports."""
    words = [word for word in line.split() if not re.search(r"\d[-:.\d]|[a-z]\d|\d[a-z]|…", word)]
    return " ".join(words)
