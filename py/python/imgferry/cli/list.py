"""Shows the runs that are kept, the newest first: those of `imgferry copy` and `imgferry export` without --journal.

Nothing is sent and nothing is changed.
"""

from __future__ import annotations

import argparse
from typing import Any, Dict

from .. import runs
from ..error import Error
from .output import Output, plain

#: As many as fit on a screen.
NEWEST = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--all", action="store_true", help=f"all of them (default: the newest {NEWEST})")


def run(options: argparse.Namespace, output: Output) -> int:
    kept = runs.all_runs()
    shown = [told(run) for run in kept[: None if options.all else NEWEST]]
    if not kept:
        output.note(output.pick(f"no run is kept in {runs.folder()}", f"{runs.folder()} 中没有运行记录"))
    rows = [(run["run"], output.word(run["state"]), ", ".join(f"{count} {output.word(state)}" for state, count in run["counts"].items()), plain(run["error"] or "")) for run in shown]
    head = ("RUN", "STATE", "DESTINATIONS", ""), ("运行", "状态", "目标", "")
    output.table(shown, head[output.zh], rows)
    if len(kept) > len(shown):
        output.note(output.pick(f"{len(kept) - len(shown)} more: --all", f"还有 {len(kept) - len(shown)} 条：--all"))
    return 0


def told(run: runs.Run) -> Dict[str, Any]:
    """A run in a row: who is at work on it, and how its destinations stand."""
    row: Dict[str, Any] = {"run": run.name, "journal": str(run.path), "state": "", "exit_code": None, "counts": {}, "error": None}
    try:
        report = run.report()
    except (Error, OSError) as error:
        return {**row, "state": "unreadable", "error": error.message if isinstance(error, Error) else str(error)}
    code = report["exit_code"]
    ended = {0: "ready", 3: "some failed", 4: "failed", runs.AMBIGUOUS: "ambiguous"}
    state = "running" if run.is_held else ended.get(code, "unfinished")
    return {**row, "state": state, "exit_code": code, "counts": report["counts"]}
