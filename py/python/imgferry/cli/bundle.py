"""Puts all that is known of a run into one file, to be sent to whoever helps: journal, report, versions, and the exchanges
where the run was recorded.

  imgferry copy golden.yaml --record            records redacted exchanges beside the journal
  imgferry bundle golden-0001                   writes golden-0001.bundle.json
  imgferry replay golden-0001.bundle.json       tells the story again, offline

No key is in it: secrets and tokens are cut out when an exchange is written down, and a journal never holds any. Names of
images, regions and accounts are.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any, Dict

from .. import Job, runs, tape
from ..drive import now_ms
from ..error import Error
from ..journal import read
from .output import Output

#: The form of the file.
FORM = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("journal", metavar="RUN", help="a run that `imgferry list` shows, or a journal")
    parser.add_argument("--out", metavar="FILE", help="the file to write; - is standard output (default: RUN.bundle.json here)")


def run(options: argparse.Namespace, output: Output) -> int:
    path = Path(runs.called(options.journal))
    text = read(path)
    job, _ = Job.restore(text, now_ms=now_ms())
    recorded = tape.file(path)
    lines = recorded.read_text(encoding="utf-8").splitlines() if recorded.exists() else []
    bundle: Dict[str, Any] = {
        "imgferry_bundle": FORM,
        "versions": tape.versions(),
        "run": path.name,
        "journal": text,
        "report": job.report(),
        "events": [event for line in lines for event in json.loads(line).get("events", [])],
        "exchanges": lines,
    }
    written = json.dumps(bundle, ensure_ascii=False, indent=1) + "\n"
    if not lines:
        output.aside(output.pick("the run was not recorded (--record): there are no exchanges to tell again", "该任务未使用 --record 记录，无法重放"))
    if options.out == "-":
        sys.stdout.buffer.write(written.encode())
        return 0
    out = Path(options.out or f"{path.stem}.bundle.json")
    if out.exists():
        raise Error(f"{out} is there already", code="bundle.exists", hint="choose another file by --out", hint_zh="请用 --out 指定其他文件")
    out.write_text(written, encoding="utf-8")
    output.result({"bundle": str(out), "exchanges": len(lines)}, str(out))
    return 0
