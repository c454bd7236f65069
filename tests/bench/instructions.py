"""Instructions a run, counted by callgrind: the one figure that a busy machine does not change.

Hashing is done in software there, since the processor's own instructions for it are not simulated. A turn is counted as
what two turns take beyond one.

Run as a program (``make bench-check``) it compares them with those of ``instructions.txt`` and ends with 1 when one has
grown by more than a twentieth, unless the message of a commit since then says the number; ``REFRESH=1`` writes the file
anew, and what grew in it needs its number in the message of that commit too. Another compiler makes other programs: with
one the counts are told and nothing is judged.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Dict, List

import before
from rows import LeftOut, Row

ROOT = Path(__file__).parents[2]
KEPT = Path(__file__).with_name("instructions.txt")
#: How much more a run may take than when it was last written down.
GROWTH = 1.05
#: Program, subject, and the runs or lanes of a turn.
SUBJECTS = [
    *[("signing", f"{cloud}, {what}", 500) for cloud in ("tencent SyncImages", "volcengine CopyImage", "huawei CopyImageCrossRegion") for what in ("build", "build and sign")],
    ("signing", "read a page of 100 images", 500),
    ("job", "10000 lanes, bytes", 10_000),
]


def rows() -> List[Row]:
    """A row a subject, beside the commit that is compared with."""
    ours, old = programs(), before.rust()
    rows = []
    for program, subject, runs in SUBJECTS:
        mine, theirs = (counted(where / program, subject, runs) for where in (ours, old))
        what = "a lane of 10,000, from plan to report" if program == "job" else subject
        rows.append(Row("instructions a run, callgrind", what, f"{mine:,.0f}", f"{before.COMMIT} {theirs:,.0f}", mine / theirs, f"× {before.COMMIT}"))
    return rows


def programs() -> Path:
    """Our programs, where they can be counted."""
    if shutil.which("valgrind") is None:
        raise LeftOut("valgrind is not installed")
    return before.compiled(ROOT)


def check() -> int:
    """Compares with what was written down."""
    ours = programs()
    now = {subject: round(counted(ours / program, subject, runs)) for program, subject, runs in SUBJECTS}
    version = compiler()
    if os.environ.get("REFRESH"):
        lines = [f"# Instructions a run or a lane, counted by callgrind; {version}. Written by `REFRESH=1 make bench-check`."]
        KEPT.write_text("\n".join([*lines, *(f"{count:>9,}  {subject}" for subject, count in now.items())]) + "\n")
        return 0
    grown = grew(now, kept(KEPT.read_text()), since_written())
    print(f"{len(grown)} of {len(now)} take over {GROWTH - 1:.0%} more than in {KEPT.relative_to(ROOT)}, and no message of a commit says the number")
    if version not in KEPT.read_text():
        print(f"the counts there are another compiler's than {version}: nothing is judged")
        return 0
    raised = written_higher()
    print("".join(f"written down without its number in the message: {line}\n" for line in raised), end="")
    return 1 if grown or raised else 0


def compiler() -> str:
    """Name and version of what compiles here."""
    return subprocess.run(["rustc", "--version"], cwd=ROOT, capture_output=True, text=True).stdout.split("(")[0].strip()


def grew(now: Dict[str, int], was: Dict[str, int], messages: str) -> List[str]:
    """The subjects that take more than a twentieth over what was written down, or over a number that a message says. All are printed."""
    grown = []
    for subject, count in now.items():
        ratio = count / was.get(subject, count)
        is_said = ratio > GROWTH and said(count, messages)
        if ratio > GROWTH and not is_said:
            grown.append(subject)
        print(f"{count:>9,}  {ratio:5.3f} x  {subject}" + ("  grown, as a message says" if is_said else "  GROWN" if ratio > GROWTH else ""))
    return grown


def said(count: int, messages: str) -> bool:
    """Whether the messages have that number, within what two machines differ by."""
    numbers = [int(number.replace(",", "")) for number in re.findall(r"\d[\d,]*\d", messages)]
    return any(abs(count - number) <= 0.005 * count for number in numbers)


def kept(text: str) -> Dict[str, int]:
    """What was written down."""
    lines = [line.split(None, 1) for line in text.splitlines() if not line.startswith("#")]
    return {subject: int(count.replace(",", "")) for count, subject in lines}


def git(*arguments: str) -> str:
    """What git says; nothing where this is no repository."""
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True).stdout


def since_written() -> str:
    """The messages of the commit that wrote the file last, and of all since."""
    last = git("log", "-1", "--format=%H", "--", str(KEPT)).strip()
    return git("log", "--format=%B", f"{last}..HEAD") + git("log", "-1", "--format=%B", last) if last else ""


def written_higher() -> List[str]:
    """What the last commit of the file raised by more than a twentieth without saying so."""
    name = str(KEPT.relative_to(ROOT))
    last = git("log", "-1", "--format=%H", "--", name).strip()
    before, after = (kept(git("show", f"{commit}:{name}")) for commit in (f"{last}^", last)) if last else ({}, {})
    message = git("log", "-1", "--format=%B", last) if last else ""
    higher = [subject for subject, count in after.items() if count > GROWTH * before.get(subject, count)]
    return [f"{after[subject]:,}  {subject}" for subject in higher if not said(after[subject], message)]


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


if __name__ == "__main__":
    try:
        sys.exit(check())
    except LeftOut as why:
        sys.exit(f"cannot be counted here: {why}")
