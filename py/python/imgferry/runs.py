"""Runs that nobody named a journal for: each has one all the same, in the user's state folder, by plan and day.

The same plan again goes on with the run that is not over, or starts the next. Where the folder is: ``folder()``.
"""

from __future__ import annotations

import errno
import json
import os
import re
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Iterator, Mapping, NamedTuple, Optional, Sequence, Union

from ._imgferry import Job, Plan
from . import credentials as found
from .drive import Keys, ignore, now_ms, send
from .drive import run as drive
from .error import Error
from .journal import Journal, is_held, read

if TYPE_CHECKING:
    from .types import Event, Outcome, Report

#: A job that is under way, one that waits for a person, and those that are over, as ``Report.exit_code`` tells them.
UNFINISHED, AMBIGUOUS, OVER = 6, 7, (0, 3, 4)
NAME = re.compile(r"(\d{4}-\d\d-\d\d)-([0-9a-f]{12})(?:-(\d+))?")


class Run(NamedTuple):
    """A run that is kept: what ``imgferry list`` tells of it."""

    name: str
    path: Path

    @property
    def plan(self) -> str:
        """What tells its plan from others."""
        return matched(self.name)[2]

    @property
    def order(self) -> "tuple[str, int]":
        """When it began: the day in UTC, and which of the plan's that day."""
        name = matched(self.name)
        return name[1], int(name[3] or 1)

    @property
    def is_held(self) -> bool:
        """Whether a process is at work on it."""
        return is_held(self.path)

    def report(self, trusted_hosts: Sequence[str] = ()) -> Report:
        """What became of it so far; nothing is changed."""
        return Job.wake(read(self.path), now_ms=now_ms(), trusted_hosts=list(trusted_hosts))[0].report()


def matched(name: str) -> "re.Match[str]":
    found = NAME.fullmatch(name)
    if not found:
        raise ValueError(name)
    return found


def folder() -> Path:
    """Where runs are kept: ``$XDG_STATE_HOME/imgferry``, else ``~/.local/state/imgferry``; on Windows in the user's local
    application data."""
    if os.name == "nt":
        base = os.environ.get("LOCALAPPDATA") or os.path.expanduser("~/AppData/Local")
    else:
        base = os.environ.get("XDG_STATE_HOME") or ""
        # A relative path is to be ignored there, says the specification of these folders.
        base = base if os.path.isabs(base) else os.path.expanduser("~/.local/state")
    return Path(base) / "imgferry"


def made_folder() -> Path:
    """The same, made where it is not there yet. Raises ``OSError``."""
    place = folder()
    if str(place).startswith("~"):
        # A user whom nobody knows, in a container, without HOME.
        raise OSError(errno.ENOENT, "this user has no home folder")
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    return place


def all_runs() -> "list[Run]":
    """Every run that is kept, the newest first."""
    try:
        # Not by `glob`, for which a folder that may not be read is an empty one.
        paths = [folder() / name for name in os.listdir(folder()) if name.endswith(".journal")]
    except FileNotFoundError:
        return []
    runs = [Run(path.stem, path) for path in paths if NAME.fullmatch(path.stem)]
    return sorted(runs, key=lambda run: run.order, reverse=True)


def called(name: str) -> Path:
    """The journal that a word means: a file of that name, else the run."""
    if os.path.exists(name):
        return Path(name)
    kept = folder() / f"{name}.journal"
    if not (NAME.fullmatch(name) and kept.exists()):
        raise Error(f"there is no run {name!r}, nor such a file", code="run", hint="see `imgferry list`", hint_zh="请查看 `imgferry list`")
    return kept


def word(path: Path) -> str:
    """What names a journal to ``called``: the run, else its path."""
    return path.stem if path.parent == folder() and NAME.fullmatch(path.stem) else str(path)


def digest(plan: Plan) -> str:
    """What tells a plan from others: the same for the same images, places, names and policy."""
    import hashlib

    text = json.dumps(plan.as_dict(), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


class Begun(NamedTuple):
    """A job with its journal; ``earlier`` where it is one that is gone on with."""

    job: Job
    journal: Journal
    name: str
    earlier: bool


def begin(plan: Plan, *, seed: int, trusted_hosts: Sequence[str] = ()) -> Begun:
    """Goes on with the plan's run that is not over, or starts the next. Give ``journal`` up when done: it is a context
    manager. Raises ``Error`` where another process is at work on the run, or the folder cannot be used."""
    try:
        return begun(plan, seed, trusted_hosts)
    except OSError as error:
        raise Error(
            f"the journal of this run cannot be kept in {folder()}: {error.strerror or error}",
            code="journal.folder",
            hint="name another file by --journal FILE (journal=… in Python), or set XDG_STATE_HOME to a folder that can be written",
            hint_zh="请用 --journal FILE（Python 中为 journal=…）指定其他文件，或将 XDG_STATE_HOME 设为可写的目录",
        ) from None


def begun(plan: Plan, seed: int, trusted_hosts: Sequence[str]) -> Begun:
    place, mine, now = made_folder(), digest(plan), now_ms()
    fresh = Job(plan, now_ms=now, seed=seed)
    last = next((run for run in all_runs() if run.plan == mine), None)
    if last:
        journal, job = Journal.resume(last.path, now_ms=now, trusted_hosts=trusted_hosts)
        if is_open(job.report(), overtaken(last.name, plan, now)):
            return Begun(job, journal, last.name, True)
        journal.close()
    day = today(now)
    count = last.order[1] + 1 if last and last.order[0] == day else 1
    name = f"{day}-{mine}" + (f"-{count}" if count > 1 else "")
    return Begun(fresh, Journal(place / f"{name}.journal"), name, False)


def is_open(earlier: Report, overtaken: bool) -> bool:
    """Whether a run must be gone on with before the plan is begun again: something is under way, or nobody knows whether
    an image that would be wanted again was made."""
    return earlier["exit_code"] == UNFINISHED or (not overtaken and any(row["state"] == "ambiguous" for row in earlier["rows"]))


def overtaken(name: str, plan: Plan, now: int) -> bool:
    """Whether what the plan wants by now has other names than what this run made: it is of another day, and the day is
    in the names."""
    return matched(name)[1] != today(now) and "{date}" in json.dumps(plan.as_dict())


def is_to_be_followed(name: str, plan: Plan, code: int) -> bool:
    """Whether the plan is still to be begun once an earlier run of it, gone on with, has ended with that code: what is
    wanted today has other names."""
    return code in OVER and overtaken(name, plan, now_ms())


def today(now: int) -> str:
    """The day in UTC, as it stands in names."""
    return time.strftime("%Y-%m-%d", time.gmtime(now / 1000))


def new_seed() -> int:
    """A seed that no other run has."""
    return int.from_bytes(os.urandom(6), "big")


def copy(
    plan: Union[Plan, Mapping[str, Any]],
    credentials: Optional[Keys] = None,
    *,
    journal: Union[None, str, Path, Callable[[str], Any]] = None,
    send: Callable[..., Outcome] = send,
    on_event: Callable[[Event], Any] = ignore,
) -> Report:
    """Carries out a plan, from its check to its end, and returns the report.

    ``plan`` is a ``Plan`` or the dict that a plan file holds. Raises ``Error`` with every finding before anything is sent.
    ``credentials`` by cloud, or a function that gives them; without, they are found as on the command line. The journal is
    kept as on the command line, too: the same plan again goes on with a run that was cut off, or starts the next.
    ``journal`` names another file (which is gone on with if it is there), or takes the lines itself.
    """
    plan = plan if isinstance(plan, Plan) else Plan(plan)
    problems = [problem for problem in plan.check() if problem["severity"] == "error"]
    if problems:
        more = f" and {len(problems) - 1} more" if len(problems) > 1 else ""
        raise Error(f"the plan is not valid: {problems[0]['message']}{more}", code=problems[0]["rule"], problems=problems)
    while True:
        with started(plan, journal) as (job, keep, name):
            if credentials is None:
                credentials = {cloud: found.load(cloud) for cloud in sorted({row["cloud"] for row in job.report()["rows"]})}
            report = drive(job, credentials, send=send, journal=keep, on_event=on_event)
        if name is None or not is_to_be_followed(name, plan, report["exit_code"]):
            return report


@contextmanager
def started(plan: Plan, journal: Union[None, str, Path, Callable[[str], Any]]) -> "Iterator[tuple[Job, Callable[[str], Any], Optional[str]]]":
    """The job of a plan, what keeps its journal, and its name where it is an earlier run that is gone on with."""
    if callable(journal):
        yield Job(plan, now_ms=now_ms(), seed=new_seed()), journal, None
        return
    if journal is None:
        run = begin(plan, seed=new_seed())
        job, file, name = run.job, run.journal, run.name if run.earlier else None
    elif Path(journal).exists():
        file, job = Journal.resume(journal, now_ms=now_ms())
        name = None
    else:
        job, file, name = Job(plan, now_ms=now_ms(), seed=new_seed()), Journal(journal), None
    with file:
        yield job, file, name
