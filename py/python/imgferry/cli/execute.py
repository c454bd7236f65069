"""Carries out a job for a command: keys, connections, journal, progress, and what remains to be said at the end."""

from __future__ import annotations

import argparse
import shlex
import signal
import sys
import time
from typing import TYPE_CHECKING, Any, Dict, Iterable, List, Mapping, Optional, Sequence

from .. import Credentials, Job, credentials
from ..drive import ignore, now_ms
from ..error import Error
from ..journal import Journal
from ..runs import AMBIGUOUS, UNFINISHED, folder, new_seed, word
from . import INTERRUPTED, driver, profiles, streams
from .commands import INVALID, unusable
from .output import Output, plain
from .pool import pooled
from .progress import Progress
from .summary import has_launched, launched, show
from .tally import Tally, file as tally_file

if TYPE_CHECKING:
    from ..types import Event


def carry(
    job: Job, output: Output, *, keys: Optional[Mapping[str, Credentials]] = None, journal: Optional[Journal] = None, options: Optional[argparse.Namespace] = None
) -> int:
    """Carries out a job with progress on stderr, prints its report, and returns the exit code. ``options`` say where the
    keys come from."""
    signals: List[int] = []
    trouble: Optional[Exception] = None
    tape = None
    if options is not None and getattr(options, "record", False):
        job = tape = recorded(job, journal, options)
    try:
        rows = job.report()["rows"]
        given = Keys({row["cloud"] for row in rows}, output, keys, options)
        with Progress(rows, job.rows, output) as progress:
            carry_out(job, given, journal, progress, signals)
    except KeyboardInterrupt:
        # Before signals are heeded.
        signals.append(signal.SIGINT)
    except Exception as error:
        trouble = error
    report = job.report()
    if tape:
        tape.close()
    code = report["exit_code"]
    if trouble:
        if not has_launched(report):
            raise trouble
        # Whatever the report says, the journal may not know it.
        code = report["exit_code"] = max(code, UNFINISHED)
        output.error(understood(trouble))
    elif signal.SIGINT in signals and journal is None:
        code = INTERRUPTED
    if signals:
        streams.was_signalled = True
        streams.leave_at_once(code)
    try:
        show(report, output)
    except OSError as error:
        streams.silence(sys.stdout)
        if not isinstance(error, BrokenPipeError):
            if journal is None and not has_launched(report):
                # Nothing is left to go on with, as of a survey: the same command tells it again.
                raise
            trouble, code = error, code or UNFINISHED
            output.error(understood(error))
    if trouble:
        for line in launched(report, output):
            output.note(line)
    if code in (UNFINISHED, AMBIGUOUS, INTERRUPTED) or (code == INVALID and journal):
        # Also what is ambiguous: it is looked for again.
        output.note(remaining(journal, output, options))
    return code


def recorded(job: Job, journal: Optional[Journal], options: argparse.Namespace) -> Any:
    """The same job, which writes down what it is told and does."""
    from .. import tape
    from .endpoints import trusted

    if journal is None:
        raise Error("--record needs a journal", code="usage", hint="leave --no-journal out", hint_zh="请去掉 --no-journal")
    journal(job.take_journal())
    return tape.Recorded(job, tape.file(journal.path), now_ms=now_ms(), trusted_hosts=trusted(options) if "endpoint" in options else options.trust_host)


def understood(trouble: Exception) -> Error:
    """What stopped a run, as an error to show."""
    if isinstance(trouble, Error):
        return trouble
    if isinstance(trouble, OSError):
        return unusable(trouble)
    name = type(trouble).__name__
    return Error(f"{name}: {trouble}", code="internal", hint="this is a fault of imgferry: please report it", hint_zh="这是 imgferry 的缺陷，请反馈")


class Keys:
    """The keys of the clouds that a job is about: given ones, or those that are found, read again now and then.

    Only the first reading can fail. Later the keys at hand stay until others can be read.
    """

    #: Seconds between two readings: short-lived keys are replaced in their files while a copy goes on.
    REFRESH_S = 30.0
    #: The same once a key was refused, or could not be read: the job waits for another.
    AGAIN_S = 2.0
    #: How often, and after how many seconds each, that is done before a refused key goes back to the job: somebody may
    #: be just writing the file.
    TRIES, PAUSE_S = 5, 0.2

    def __init__(
        self, clouds: Iterable[str], output: Output, given: Optional[Mapping[str, Credentials]] = None, options: Optional[argparse.Namespace] = None
    ) -> None:
        self.output = output
        self.held: Dict[str, Credentials] = dict(given or {})
        self.clouds = [] if given else sorted(clouds)
        self.source = profiles.Source(options, self.clouds) if options else None
        self.unread: Dict[str, str] = {}
        #: A key was refused and is to be read at once; one was refused before.
        self.refused = self.expiring = False
        for cloud in self.clouds:
            self.held[cloud] = self.load(cloud)
        self.good_until = time.monotonic() + self.REFRESH_S

    def load(self, cloud: str) -> Credentials:
        return self.source.load(cloud, self.refused) if self.source else credentials.load(cloud)

    def hear(self, event: Event) -> None:
        """A key that is refused may have been replaced meanwhile."""
        self.refused = self.refused or event["event"] == "credentials"

    def __call__(self) -> Mapping[str, Credentials]:
        if self.clouds and (self.refused or time.monotonic() > self.good_until):
            tries = self.TRIES if self.refused else 1
            while not self.read() and tries > 1:
                tries -= 1
                time.sleep(self.PAUSE_S)
            self.expiring = self.expiring or self.refused
            self.refused = False
            self.good_until = time.monotonic() + (self.AGAIN_S if self.unread or self.expiring else self.REFRESH_S)
        return self.held

    def read(self) -> bool:
        """Reads all keys again; false when some could not be read. Says so once."""
        before, self.unread = self.unread, {}
        for cloud in self.clouds:
            try:
                self.held[cloud] = self.load(cloud)
            except (Error, OSError) as error:
                why = self.unread[cloud] = understood(error).message
                if cloud not in before:
                    self.output.note(
                        self.output.pick(
                            f"{cloud}: the key read before stays in use: {plain(why)}", f"{cloud}：继续使用此前读取的密钥：{plain(why)}"
                        )
                    )
        return not self.unread


def carry_out(job: Job, keys: Keys, journal: Optional[Journal], progress: Progress, signals: List[int]) -> None:
    """Runs the driver. Which signals came, ``signals`` tells."""

    def hear(events: Sequence[Event]) -> None:
        for event in events:
            keys.hear(event)
            if tally:
                tally.hear(event)
        progress.show(events)

    # Only for runs that are kept by themselves: beside a file of the user's own there is no place for another.
    tally = Tally(tally_file(journal.path)) if journal and journal.path.parent == folder() else None
    try:
        host = driver.Host(pooled(), keys, journal or ignore, hear, progress.tick)
        driver.run(job, host._replace(tally=tally.count) if tally else host, signals)
    finally:
        if tally:
            tally.write()


def remaining(journal: Optional[Journal], output: Output, options: Optional[argparse.Namespace] = None) -> str:
    """How to go on with what is left running."""
    if journal is None:
        return output.pick(
            "not finished; no journal was kept, but the same command skips what is there", "尚未完成；未保留日志，再次执行相同命令会跳过已有镜像"
        )
    command = shlex.join(["imgferry", "resume", word(journal.path), *(profiles.words(options) if options else ())])
    return output.pick(f"not finished; go on with: {command}", f"尚未完成；继续执行：{command}")


def begin(job_seed: Optional[int]) -> Dict[str, int]:
    """The moment and the seed of a new job."""
    return {"now_ms": now_ms(), "seed": new_seed() if job_seed is None else job_seed}
