"""Puts a plan into a database, for workers to carry out on as many machines as there are; and tells what became of it.

  imgferry fleet golden.yaml --database postgresql://imgferry@db/imgferry
  imgferry fleet status --database postgresql://imgferry@db/imgferry
  imgferry fleet status 2026-11-28-0123456789ab --database postgresql://imgferry@db/imgferry
  imgferry fleet cancel 2026-11-28-0123456789ab --database postgresql://imgferry@db/imgferry
  imgferry fleet resume 2026-11-28-0123456789ab --database postgresql://imgferry@db/imgferry

`imgferry worker` carries fleets out: start as many as you like, and stop or kill any of them at any time. A plan is one
fleet a day, however often it is put there; accounts are told apart by --profile or --account. The database holds no secret:
workers find the keys of a profile, or of an account of their --accounts, where they run.
"""

from __future__ import annotations

import argparse
from typing import Any, Dict

from .. import fleet
from ..error import Error
from ..store.database import Database, Standing
from . import copy, database, endpoints, plans, profiles
from .output import Output, plain


def add_arguments(parser: argparse.ArgumentParser) -> None:
    plans.add_arguments(parser, destinations=True)
    parser.add_argument("of", nargs="?", metavar="FLEET", help="with status: the report of this fleet in place of all fleets; with cancel or resume: the fleet")
    parser.add_argument("--fleet", metavar="NAME", help="what to call it (default: the day and the plan's digest)")
    database.add_arguments(parser)
    profiles.add_arguments(parser)


def run(options: argparse.Namespace, output: Output) -> int:
    action = {"status": status, "cancel": cancel, "resume": resume}.get(options.plan or "", begin)
    if action is begin and options.of is not None:
        raise Error(f"{options.of} would change nothing beside a PLAN", code="usage", hint="call the fleet by --fleet NAME", hint_zh="请用 --fleet NAME 命名")
    kept = database.opened(options)
    try:
        return action(kept, options, output)
    finally:
        kept.close()


def begin(kept: Database, options: argparse.Namespace, output: Output) -> int:
    plan = plans.read(options, copy.KIND)
    plans.warn(plan, output)
    source = profiles.Source(options, fleet.parts(plan))
    named = source.accounts.chosen if source.accounts else {}
    accounts = {**source.profiles, **{cloud: account["name"] for cloud, account in named.items()}}
    begun = fleet.begin(kept, plan, name=options.fleet, accounts=accounts, trusted_hosts=endpoints.trusted(options))
    if not begun.new:
        output.note(output.pick("it is there already: nothing was added", "已存在：未添加任何内容"))
    output.result({"fleet": begun.name, "partitions": begun.partitions, "new": begun.new}, begun.name)
    return 0


def status(kept: Database, options: argparse.Namespace, output: Output) -> int:
    if options.of is None:
        rows = [told(kept, standing, options) for standing in kept.standings()]
        table = [
            (row["partition"], output.word(row["state"]), ", ".join(f"{count} {output.word(state)}" for state, count in row["counts"].items()), row["owner"], plain(row["note"]))
            for row in rows
        ]
        head = ("PARTITION", "STATE", "DESTINATIONS", "WORKER", ""), ("分区", "状态", "目标", "执行者", "")
        output.table(rows, head[output.zh], table)
        return 0
    from .summary import show

    trusted = endpoints.trusted(options)
    report = fleet.together(fleet.report(kept, standing.id, trusted) for standing in fleet.partitions(kept, options.of))
    show(report, output)
    return report["exit_code"]


def told(kept: Database, standing: Standing, options: argparse.Namespace) -> Dict[str, Any]:
    """A partition in a row."""
    row: Dict[str, Any] = {"partition": standing.id, "fleet": standing.fleet, "state": standing.state, "exit_code": None, "counts": {}}
    row.update(owner=standing.owner, takeovers=max(standing.epoch - 1, 0), cancelled=standing.cancel, note=standing.note)
    try:
        report = fleet.report(kept, standing.id, endpoints.trusted(options))
    except Error as error:
        return {**row, "note": standing.note or error.message}
    if standing.state == "open":
        row["state"] = "cancelling" if standing.cancel else "running" if standing.epoch else "queued"
    return {**row, "exit_code": report["exit_code"], "counts": report["counts"]}


def cancel(kept: Database, options: argparse.Namespace, output: Output) -> int:
    stopped = [standing.id for standing in asked(kept, options) if kept.cancel(standing.id)]
    text = output.pick(f"{len(stopped)} partitions launch nothing more from their next turn on", f"{len(stopped)} 个分区将在下一轮起不再发起复制")
    output.result({"fleet": options.of, "cancelled": stopped}, text)
    return 0


def resume(kept: Database, options: argparse.Namespace, output: Output) -> int:
    again = [standing.id for standing in asked(kept, options) if fleet.resume(kept, standing.id, endpoints.trusted(options))]
    text = output.pick(f"{len(again)} partitions are taken up again", f"{len(again)} 个分区将继续执行")
    output.result({"fleet": options.of, "resumed": again}, text)
    return 0


def asked(kept: Database, options: argparse.Namespace) -> "list[Standing]":
    """The partitions of the fleet that is named."""
    if options.of is None:
        line = f"imgferry fleet {options.plan} FLEET"
        raise Error("which fleet?", code="usage", hint=line, hint_zh=line)
    return fleet.partitions(kept, options.of)
