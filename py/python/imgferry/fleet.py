"""Fleets: plans that are carried out by workers, on as many machines as there are, over any restart of them.

A fleet is a plan in a database, in partitions: one a cloud and account, since rates belong to an account. ``begin`` puts it
there, workers carry it out (``imgferry worker``), and ``report`` tells what became of it. The database holds no secret:
workers find the keys of an account by its name, which is that of a profile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Iterable, List, Mapping, NamedTuple, Optional, Sequence

from ._imgferry import Job, Plan
from .drive import now_ms
from .error import Error
from .runs import digest, new_seed, today
from .store.database import Database, Standing

if TYPE_CHECKING:
    from .types import Report

#: The account whose keys are in the environment, or are the default of the vendor's file.
DEFAULT = "default"


class Begun(NamedTuple):
    """A fleet in the database. ``new`` are the partitions that were not there before."""

    name: str
    partitions: List[str]
    new: List[str]


def begin(
    database: Database, plan: Plan, *, name: Optional[str] = None, accounts: Optional[Mapping[str, str]] = None, trusted_hosts: Sequence[str] = ()
) -> Begun:
    """Puts a plan into the database, for workers to carry out. ``accounts`` names each cloud's, ``default`` without.

    A fleet is called by the day and the plan unless it has a name: the same plan twice a day is one fleet, and what is there
    already stays as it is.
    """
    now = now_ms()
    name = name or f"{today(now)}-{digest(plan)}"
    if not name.strip() or ":" in name:
        raise Error(f"{name!r} cannot be the name of a fleet", code="fleet", hint="leave colons out", hint_zh="名称不能为空，也不能含冒号")
    jobs = {
        f"{name}:{cloud}:{(accounts or {}).get(cloud, DEFAULT)}": Job(Plan(part, trusted_hosts=list(trusted_hosts)), now_ms=now, seed=new_seed())
        for cloud, part in parts(plan).items()
    }
    # Every part is a valid plan, or none is begun.
    new = []
    for partition, job in jobs.items():
        _, cloud, account = partition.split(":", 2)
        if database.begin(partition, job.take_journal(), fleet=name, cloud=cloud, account=account):
            new.append(partition)
    return Begun(name, list(jobs), new)


def parts(plan: Plan) -> Dict[str, Dict[str, Any]]:
    """The plan of every cloud."""
    whole = plan.as_dict()
    clouds = sorted({entry["cloud"] for kind in ("copies", "exports") for entry in whole[kind]})
    return {
        cloud: {
            **whole,
            "clouds": {name: place for name, place in whole["clouds"].items() if name == cloud},
            **{kind: [entry for entry in whole[kind] if entry["cloud"] == cloud] for kind in ("copies", "exports")},
        }
        for cloud in clouds
    }


def report(database: Database, partition: str, trusted_hosts: Sequence[str] = ()) -> Report:
    """What became of a partition so far. Nothing is changed."""
    return Job.wake(database.read(partition), now_ms=now_ms(), trusted_hosts=list(trusted_hosts))[0].report()


def resume(database: Database, partition: str, trusted_hosts: Sequence[str] = ()) -> bool:
    """Takes a partition up again that is over, or is to be cancelled: deadlines begin anew, and what was left goes on. False
    where it is under way. Raises ``Error`` when its journal cannot be gone on with."""
    job, _ = Job.restore(database.read(partition), now_ms=now_ms(), trusted_hosts=list(trusted_hosts))
    # Written anew: by the lines of before, what has ended would stay so in the eyes of the next driver.
    return database.reopen(partition, job.compact())


def together(reports: Iterable[Report]) -> Report:
    """One report of many."""
    whole: Report = {"exit_code": 0, "counts": {}, "rows": [], "steps": [], "extra": []}
    codes = set()
    for part in reports:
        codes.add(part["exit_code"])
        for state, count in part["counts"].items():
            whole["counts"][state] = whole["counts"].get(state, 0) + count
        whole["rows"] += part["rows"]
        whole["steps"] += part["steps"]
        whole["extra"] += part["extra"]
    good = whole["counts"].get("ready", 0) + whole["counts"].get("present", 0)
    failed = 3 if good else 4
    whole["exit_code"] = next((code for code in (7, 6, 5) if code in codes), failed if codes & {3, 4} else 0)
    return whole


def partitions(database: Database, name: str) -> List[Standing]:
    """The partitions of a fleet. Raises ``Error`` where there is none."""
    found = database.standings(name)
    if not found:
        raise Error(f"there is no fleet {name}", code="fleet", hint="see `imgferry fleet status`", hint_zh="请查看 `imgferry fleet status`")
    return found
