"""Prints one table: how fast and how big, beside the vendors' own clients, with the budgets of the design.

Run it with ``make bench``. Figures are of this machine and this run; nothing in the tests depends on them. Benchmarks
in other languages print rows of their own, one JSON object a line, and are left out with a reason when they cannot run.
"""

from __future__ import annotations

import json
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(ROOT / "tests/py/oracle")]

from rows import Row  # noqa: E402


def main() -> int:
    import imports
    import signing
    import sizes

    parts: Dict[str, Callable[[], List[Row]]] = {
        "build and sign in Rust": rust,
        "build and sign in Python": signing.rows,
        "import": imports.rows,
        "size": sizes.rows,
        "a million lanes": lambda: elsewhere(["cargo", "run", "-q", "--release", "-p", "imgferry-tests", "--example", "scale"], ROOT / "tests/rust/examples/scale.rs"),
        "simulated time": simulated,
        "JavaScript": lambda: elsewhere(["node", "tests/bench/js/bench.mjs"], HERE / "js/bench.mjs"),
    }
    rows: List[Row] = []
    for name, measure in parts.items():
        print(f"measuring: {name}", file=sys.stderr)
        try:
            rows += measure()
        except LeftOut as why:
            print(f"left out: {name}: {why}", file=sys.stderr)
    print(f"\n{platform.machine()}, {platform.python_implementation()} {platform.python_version()}, one run\n")
    for line in table(rows):
        print(line)
    missed = [row for row in rows if row.verdict == "MISSED"]
    print(f"\n{sum(row.verdict == 'met' for row in rows)} budgets met, {len(missed)} missed")
    return 0


def simulated() -> List[Row]:
    """What replications take in simulated time, beside the least possible, and the calls they make, beside a naive client's."""
    command = ["cargo", "test", "-q", "-p", "imgferry-tests", "--test", "makespan", "--test", "naive", "--", "--nocapture"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if told.returncode:
        raise LeftOut(told.stdout[-400:] + told.stderr[-400:])
    rows = []
    for what, least, took, ratio in re.findall(r"^(\S.*\S) +\d+ +(\d+) +(\d+) +([\d.]+)$", told.stdout, re.M):
        rows.append(Row("simulated time", f"makespan: {what.strip()}", f"{took} s", f"{least} s at least", float(ratio), "x", at_most=1.05))
    ours, late = re.search(r"([\d.]+) calls a copy and ([\d.]+ s) late with imgferry", told.stdout).groups()  # type: ignore[union-attr]
    theirs, share = re.search(r"([\d.]+) calls a copy and .* 1/([\d.]+)", told.stdout).groups()  # type: ignore[union-attr]
    calls = Row("simulated time", f"calls a finished copy, {late} late", ours, f"{theirs} by a naive client", 1 / float(share), "x", at_most=0.2)
    copies, own, others = re.search(r"(\d+) copies in storms: (\d+) made twice by imgferry, (\d+)", told.stdout).groups()  # type: ignore[union-attr]
    twice = Row("simulated time", f"made twice, of {copies} copies in storms", own, f"{others} by a naive client", float(own), "", at_most=0)
    return [*rows, calls, twice]


class LeftOut(Exception):
    """A benchmark that cannot run here, and why."""


def rust() -> List[Row]:
    """Build and sign in Rust, against the bare compressions that must be done, and against the signer of another cloud."""
    rows = []
    for line in lines(["cargo", "run", "-q", "--release", "-p", "imgferry-bench"], HERE / "rust/Cargo.toml"):
        ours, bare, aws = (line[name] / 1e9 for name in ("build_and_sign_ns", "bare_ns", "aws_sigv4_sign_ns"))
        against = f"bare SHA-256 ({line['compressions']} blocks) {bare * 1e6:.2f} µs"
        rows.append(Row("build and sign, Rust", line["operation"], f"{ours * 1e6:.2f} µs", against, line["times_bare"], "× bare", at_most=1.5))
        rows.append(Row("build and sign, Rust", line["operation"], f"{ours * 1e6:.2f} µs", f"aws-sigv4, sign only {aws * 1e6:.2f} µs", aws / ours, "× faster"))
    return rows


def elsewhere(command: List[str], source: Path) -> List[Row]:
    """Rows of a benchmark that prints them with the names of ``Row``."""
    return [Row(**line) for line in lines(command, source)]


def lines(command: List[str], source: Path) -> Iterator[Dict[str, Any]]:
    if not source.exists():
        raise LeftOut(f"there is no {source.relative_to(ROOT)}")
    if shutil.which(command[0]) is None:
        raise LeftOut(f"{command[0]} is not installed")
    ran = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if ran.returncode:
        raise LeftOut(f"{' '.join(command)} ended with {ran.returncode}")
    return (json.loads(line) for line in ran.stdout.splitlines() if line.startswith("{"))


def table(rows: List[Row]) -> List[str]:
    """Columns as wide as their contents; a group is named once."""
    cells = [("", "ours", "against", "figure", "budget", "")]
    groups = [""]
    for row in rows:
        cells.append((row.what, row.ours, row.against, row.figure, row.budget, row.verdict))
        groups.append(row.group)
    widths = [max(len(row[column]) for row in cells) for column in range(6)]
    out: List[str] = []
    for group, before, row in zip(groups, ["", *groups], cells):
        if group and group != before:
            out.append(f"\n{group}")
        out.append("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
    return out


if __name__ == "__main__":
    sys.exit(main())
