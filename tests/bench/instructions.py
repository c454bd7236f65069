"""Instructions a run, counted by callgrind: the one figure that a busy machine does not change.

Hashing is done in software there, since the processor's own instructions for it are not simulated. A turn is counted as
what two turns take beyond one.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import List

import before
from rows import LeftOut, Row

ROOT = Path(__file__).parents[2]
#: Program, subject, and the runs or lanes of a turn.
SUBJECTS = [
    *[("signing", f"{cloud}, {what}", 500) for cloud in ("tencent SyncImages", "volcengine CopyImage", "huawei CopyImageCrossRegion") for what in ("build", "build and sign")],
    ("signing", "read a page of 100 images", 500),
    ("job", "10000 lanes, bytes", 10_000),
]


def rows() -> List[Row]:
    """A row a subject, beside the commit that is compared with."""
    if shutil.which("valgrind") is None:
        raise LeftOut("valgrind is not installed")
    ours, old = before.compiled(ROOT), before.rust()
    rows = []
    for program, subject, runs in SUBJECTS:
        mine, theirs = (counted(where / program, subject, runs) for where in (ours, old))
        what = "a lane of 10,000, from plan to report" if program == "job" else subject
        rows.append(Row("instructions a run, callgrind", what, f"{mine:,.0f}", f"{before.COMMIT} {theirs:,.0f}", mine / theirs, f"× {before.COMMIT}"))
    return rows


def counted(program: Path, subject: str, runs: int) -> float:
    """Instructions of one run of a subject."""
    once, twice = (collected(program, f"{subject}\n" * turns) for turns in (1, 2))
    return (twice - once) / runs


def collected(program: Path, lines: str) -> int:
    """Instructions that a program takes for these turns."""
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", str(program)]
    told = subprocess.run(command, input=lines, capture_output=True, text=True)
    found = re.search(r"Collected : (\d+)", told.stderr)
    if told.returncode or found is None:
        raise LeftOut(told.stderr[-400:])
    return int(found.group(1))
