"""Prints one table, and writes it with a picture to ``docs/figures.md``: how fast and how big, beside the vendors' own clients, with the budgets of the design.

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
from functools import partial
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(ROOT / "tests/py/oracle")]

import before  # noqa: E402
import chart  # noqa: E402
from rows import LeftOut, Row  # noqa: E402
from turns import Program, fastest  # noqa: E402


def main() -> int:
    import imgferry

    if imgferry._imgferry.DEBUG:
        raise SystemExit("the package that is installed is a debug build: its figures mean nothing; run `make bench`")
    import imports
    import instructions
    import lanes
    import listing
    import signing
    import sizes

    parts: Dict[str, Callable[[], List[Row]]] = {
        "build and sign in Rust": rust,
        "instructions": instructions.rows,
        "build and sign in Python": signing.rows,
        "large conversions in Python": listing.rows,
        "import": imports.rows,
        "size": sizes.rows,
        "jobs": jobs,
        "command line": lanes.rows,
        "simulated time": simulated,
        "JavaScript": lambda: elsewhere(["node", "--max-old-space-size=3000", "tests/bench/js/bench.mjs", str(before.npm()), before.COMMIT], HERE / "js/bench.mjs"),
    }
    wanted = sys.argv[1:]
    rows: List[Row] = []
    left_out: List[str] = []
    for name, measure in parts.items():
        if wanted and not any(word in name for word in wanted):
            continue
        print(f"measuring: {name}", file=sys.stderr)
        try:
            rows += measure()
        except (LeftOut, subprocess.CalledProcessError) as why:
            left_out.append(f"{name}: {str(why).strip().splitlines()[-1]}")
            print(f"left out: {name}: {why}", file=sys.stderr)
    print(f"\n{machine()}, one run\n")
    for line in table(rows):
        print(line)
    if not wanted:
        FIGURES.parent.mkdir(exist_ok=True)
        FIGURES.write_text("\n".join(markdown(rows, left_out)) + "\n")
        FIGURES.with_suffix(".svg").write_text("\n".join(chart.svg(rows)) + "\n")
    missed = [row for row in rows if row.verdict == "MISSED"]
    print(f"\n{sum(row.verdict == 'met' for row in rows)} budgets met, {len(missed)} missed")
    return 0


FIGURES = ROOT / "docs/figures.md"


def machine() -> str:
    """What it was measured on."""
    models = re.findall(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text()) if Path("/proc/cpuinfo").exists() else []
    return ", ".join([platform.machine(), *models[:1], f"{platform.python_implementation()} {platform.python_version()}", *map(told, (["rustc", "--version"], ["node", "--version"]))])


def told(command: List[str]) -> str:
    """What a tool says of its version."""
    found = shutil.which(command[0])
    said = subprocess.run(command, capture_output=True, text=True).stdout.strip() if found else "not installed"
    return said if command[0] in said else f"{command[0]} {said}"


def peers() -> Iterator[str]:
    """Every client that stands beside ours, with its version."""
    for line in (ROOT / "tests/py/requirements-oracle.txt").read_text().splitlines():
        if "==" in line:
            yield line.replace("==", " ") + " (PyPI)"
    for name in ("tencentcloud-sdk-nodejs-cvm", "@volcengine/openapi", "@huaweicloud/huaweicloud-sdk-core", "@smithy/signature-v4"):
        package = ROOT / "tests/js/node_modules" / name / "package.json"
        if package.exists():
            yield f"{name} {json.loads(package.read_text())['version']} (npm)"
    version = re.search(r'name = "aws-sigv4"\nversion = "(.*)"', (ROOT / "Cargo.lock").read_text())
    if version:
        yield f"aws-sigv4 {version[1]} (crates.io)"


def markdown(rows: List[Row], left_out: List[str]) -> Iterator[str]:
    """The table as a page of Markdown."""
    yield "# Figures"
    yield ""
    commit = subprocess.run(["git", "rev-parse", "--short=7", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout.strip()
    yield f"Written by `make bench`: one run of commit {commit}, in turns, on one machine ({machine()}). `{before.COMMIT}` is this project as it was before its layers."
    yield ""
    yield "Beside: " + ", ".join(peers()) + "."
    yield ""
    yield "![How many times as fast as other clients](figures.svg)"
    group = ""
    for row in rows:
        if row.group != group:
            group = row.group
            yield from ("", f"## {group[0].upper()}{group[1:]}", "", "| what | ours | against | figure | budget | |", "|---|---|---|---|---|---|")
        yield "| " + " | ".join((row.what, row.ours, row.against, row.figure, row.budget, row.verdict)) + " |"
    if left_out:
        yield from ("", "## Left out in this run", "", *(f"- {why}" for why in left_out))


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


def rust() -> List[Row]:
    """Build and sign in Rust, against the bare compressions that must be done, and against the signer of another cloud."""
    ours, old = Program(before.compiled(ROOT) / "signing"), Program(before.rust() / "signing")
    subjects: Dict[str, Callable[[], float]] = {}
    for name in COPIES:
        for what in ("bare", "build", "build and sign", "aws-sigv4"):
            subjects[f"{name}, {what}"] = partial(ours.turn, f"{name}, {what}")
        for what in ("build", "build and sign"):
            subjects[f"{name}, {what}, before"] = partial(old.turn, f"{name}, {what}")
    for cloud in CLOUDS:
        subjects[f"{cloud}, find a code"] = partial(ours.turn, f"{cloud}, find a code")
        subjects[f"{cloud}, find a code, before"] = partial(old.turn, f"{cloud}, find a code")
    told = fastest(subjects, 400)
    rows = []
    for name in COPIES:
        both, bare, peer, aws = (told[f"{name}, {what}"] for what in ("build and sign", "bare", "build and sign, before", "aws-sigv4"))
        group, told_ours = "build and sign, Rust", f"{both / 1000:.2f} µs, {told[f'{name}, build'] / 1000:.2f} of them to build"
        blocks = ours.turn(f"{name}, blocks")
        rows += [
            Row(group, name, told_ours, f"bare SHA-256 ({blocks:.0f} blocks) {bare / 1000:.2f} µs", both / bare, "× bare", at_most=2.2),
            Row(group, name, told_ours, f"{before.COMMIT} {peer / 1000:.2f} µs, {peer / bare:.2f} × bare", both / peer, f"× {before.COMMIT}"),
            Row(group, name, told_ours, f"aws-sigv4, sign only {aws / 1000:.2f} µs", aws / both, "× faster"),
        ]
    for cloud in CLOUDS:
        mine, peer = told[f"{cloud}, find a code"], told[f"{cloud}, find a code, before"]
        rows.append(Row("an error code in the catalogue, Rust", f"{cloud}, Codes::find", f"{mine:.0f} ns", f"{before.COMMIT} {peer:.0f} ns", mine / peer, f"× {before.COMMIT}"))
    ours.close()
    old.close()
    return rows


CLOUDS = ("tencent", "volcengine", "huawei")
COPIES = ("tencent SyncImages", "volcengine CopyImage", "huawei CopyImageCrossRegion")


def jobs() -> List[Row]:
    """What lanes take, and exports, which once took the square of their number."""
    ours, old = Program(before.compiled(ROOT) / "job"), Program(before.rust() / "job")
    both = {"ours": ours, "before": old}
    lanes = {
        (who, count, what): min(program.turn(f"{count} lanes, {what}") for _ in range(3 if count == 10_000 else 1))
        for count in (10_000, 100_000, 1_000_000)
        for what in ("bytes", "µs a lane")
        for who, program in both.items()
    }
    exports = {(who, count): program.turn(f"{count} exports, seconds") for count in (20_000, 40_000, 200_000) for who, program in both.items() if who == "ours" or count < 200_000}
    ours.close()
    old.close()
    mine, theirs = (lanes[who, 1_000_000, "bytes"] for who in both)
    rows = [Row("job", "memory a lane, 1,000,000 lanes", f"{mine:.0f} bytes", f"{before.COMMIT} {theirs:.0f} bytes", mine, "bytes", at_most=450)]
    told = {who: [lanes[who, count, "µs a lane"] for count in (10_000, 100_000, 1_000_000)] for who in both}
    shown = {who: ", ".join(f"{time:.1f}" for time in times) + " µs" for who, times in told.items()}
    growth = {who: times[-1] / times[0] for who, times in told.items()}
    rows.append(Row("job", "time a lane, 10,000 to 1,000,000 lanes", shown["ours"], f"{before.COMMIT} {shown['before']}, {growth['before']:.2f} x", growth["ours"], "x", at_most=1.2))
    for count in (20_000, 40_000, 200_000):
        peer = exports.get(("before", count))
        against = f"{before.COMMIT} {peer:.2f} s" if peer else f"{before.COMMIT} not measured: it takes minutes"
        took = exports["ours", count]
        rows.append(Row("job", f"{count:,} exports, plan to report", f"{took:.2f} s", against, took / count * 1e6, "µs an export"))
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
