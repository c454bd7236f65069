"""One turn of a job whose memory is elsewhere: what an engine needs to carry replications over restarts and machines.

The engine owns timers, workers and restarts. Its loop is:

    while (seconds := tick(store, partition)) is not None:
        wait(seconds)

However often and wherever that is started again, nothing is launched twice: what a job says of a request is committed
before the request leaves, and only by the driver who took the partition over last.
"""

from __future__ import annotations

import os
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple, Union
from weakref import WeakKeyDictionary

from ._imgferry import Credentials, Done, Job, Request, Send
from . import credentials as found
from .drive import Keys, ask, hear, ignore, now_ms, send, tell
from .error import Error
from .mailbox import Mailbox
from .store import Store, TakenOver, Unavailable

if TYPE_CHECKING:
    from .types import Event, Outcome

#: A shorter wait is waited for within the turn, in seconds; a longer one is the engine's, which keeps the process.
PATIENCE_S = 0.25
#: When to try again after the database failed.
AGAIN_S = 1.0
#: Rates are counted in memory: who takes over sends nothing until what the one before it sent is past.
DISTANCE_S = 1.25
#: A process may be stopped between its word and its request: a request whose word is older than this does not leave. The job
#: takes what was sent to have arrived two seconds after its word, and counts from there before it launches anew.
FRESH_S = 1.0
#: A journal is written anew when it has grown to so many times what it was, and is longer than this.
GROWTH, LONG = 4, 256 * 1024
#: As many requests at once as a policy may ask for.
MOST = 10_000

#: This process, as stores show it.
OWNER = f"{socket.gethostname()}:{os.getpid()}:{os.urandom(3).hex()}"


class Kept:
    """A job between two turns, and the epoch that it may write with."""

    def __init__(self, job: Job, epoch: int, length: int) -> None:
        self.job = job
        self.epoch = epoch
        self.clouds: List[str] = sorted({row["cloud"] for row in job.report()["rows"]})
        #: Characters of the journal: now, and when it was written anew last.
        self.length = self.shortest = length
        self.cancelled = False


#: Jobs between two turns, by store and partition.
KEPT: WeakKeyDictionary[Any, Dict[str, Kept]] = WeakKeyDictionary()


def tick(
    store: Store,
    partition: str,
    send: Callable[[Request, int], Outcome] = send,
    budget: float = 5.0,
    *,
    credentials: Optional[Keys] = None,
    patience: float = PATIENCE_S,
    owner: str = OWNER,
    trusted_hosts: Sequence[str] = (),
    on_event: Callable[[Event], Any] = ignore,
) -> Optional[float]:
    """Carries out one turn of a partition's job, and returns in how many seconds the next one is due; ``None`` when there is
    nothing more to do: the job is over, or its journal cannot be gone on with, which the store notes.

    A turn goes on until the job waits for more than ``patience`` seconds, or until ``budget`` seconds are over, and ends when
    no answer is awaited. Between two turns the job is kept in memory; where it is not, the partition is taken over and the job
    made from its journal: where no process lasts from one turn to the next, give a patience of a second or more. ``send`` is
    called in threads, as many at once as the plan's policy says, and as for ``imgferry.run``; so are ``credentials``, which are
    found as on the command line where none are given. A partition that is to be cancelled is: what is launched is left running.

    When the database fails, the job is dropped and the next turn due in a second. Raises ``TakenOver`` when another driver
    has the partition now, and ``Error`` where there is no key or no such partition.
    """
    until = time.monotonic() + budget
    kept: Optional[Kept] = None
    seconds: Optional[float] = None
    try:
        kept = KEPT.setdefault(store, {}).pop(partition, None) or take(store, partition, owner, trusted_hosts)
        if kept is None:
            return None
        with UnderWay(send) as under_way:
            seconds = turn(store, partition, kept, keys(kept, credentials), under_way, until, patience, on_event)
        if seconds is not None:
            shorten(store, partition, kept)
    except (Unavailable, OSError):
        # What the job knows and the journal does not is forgotten with it.
        return AGAIN_S
    if seconds is not None:
        KEPT[store][partition] = kept
    return seconds


def take(store: Store, partition: str, owner: str, trusted_hosts: Sequence[str]) -> Optional[Kept]:
    """Takes a partition over. ``None`` when it has ended, or its journal cannot be gone on with."""
    taken = store.take(partition, owner)
    if taken is None:
        return None
    try:
        job, length = Job.wake(taken.journal, now_ms=now_ms(), trusted_hosts=list(trusted_hosts))
    except Error as error:
        store.end(partition, taken.epoch, "", "broken", error.message)
        return None
    if taken.epoch > 1:
        time.sleep(DISTANCE_S)
    return Kept(job, taken.epoch, length)


def keys(kept: Kept, credentials: Optional[Keys]) -> Callable[[], Mapping[str, Credentials]]:
    """What gives the keys at every step. Those that are found are found anew at every turn."""
    if callable(credentials):
        return credentials
    held: Mapping[str, Credentials] = {cloud: found.load(cloud) for cloud in kept.clouds} if credentials is None else credentials
    return lambda: held


def turn(
    store: Store,
    partition: str,
    kept: Kept,
    keys: Callable[[], Mapping[str, Credentials]],
    under_way: UnderWay,
    until: float,
    patience: float,
    on_event: Callable[[Event], Any],
) -> Optional[float]:
    """The loop of a turn. Makes one step at least."""
    job = kept.job
    # Somebody may have taken over, or wants it cancelled.
    write(store, partition, kept, "")
    while True:
        step, due = ask(job, keys(), now_ms())
        lines, asked = job.take_journal(), elapsed()
        hear(job, on_event)
        if isinstance(step, Done):
            if store.end(partition, kept.epoch, lines) == "taken":
                raise TakenOver(partition)
            return None
        if isinstance(step, Send):
            if write(store, partition, kept, lines):
                under_way.add(step, asked)
            else:
                job.lost(step.id, "unsent", now_ms=now_ms())
        else:
            if lines:
                write(store, partition, kept, lines)
            wait = max(due - time.monotonic(), 0)
            if not under_way.count and (wait > patience or due > until):
                return wait
            under_way.land(job, wait)
        if time.monotonic() > until:
            while under_way.count:
                under_way.land(job, None)
            write(store, partition, kept, job.take_journal())
            return 0.0


def write(store: Store, partition: str, kept: Kept, lines: str) -> bool:
    """Appends lines. False when the job was cancelled just now. Raises ``TakenOver``."""
    held = store.append(partition, kept.epoch, lines)
    if held == "taken":
        raise TakenOver(partition)
    kept.length += len(lines)
    if held == "held" or kept.cancelled:
        return True
    kept.cancelled = True
    kept.job.cancel(now_ms=now_ms())
    return False


def shorten(store: Store, partition: str, kept: Kept) -> None:
    """Writes a journal that has grown long anew."""
    if kept.length < LONG or kept.length < GROWTH * kept.shortest:
        return
    journal = kept.job.compact()
    if store.replace(partition, kept.epoch, journal) == "taken":
        raise TakenOver(partition)
    kept.length = kept.shortest = len(journal)


class UnderWay:
    """The requests whose answers are awaited. None outlives the block."""

    def __init__(self, send: Callable[[Request, int], Outcome]) -> None:
        self.send = send
        self.count = 0
        self._threads = ThreadPoolExecutor(MOST, "imgferry.tick")
        self._outcomes: Mailbox[Tuple[int, Union[Outcome, BaseException]]] = Mailbox()

    def __enter__(self) -> UnderWay:
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown()

    def add(self, step: Send, asked: float) -> None:
        """Sends a request whose word was committed at that moment, or later."""
        self.count += 1
        self._threads.submit(self._carry, step, asked)

    def _carry(self, step: Send, asked: float) -> None:
        outcome: Union[Outcome, BaseException]
        try:
            outcome = self.send(step.request, step.timeout_ms) if elapsed() - asked < FRESH_S else "unsent"
        except BaseException as error:
            outcome = error
        self._outcomes.put((step.id, outcome))

    def land(self, job: Job, seconds: Optional[float]) -> None:
        """Tells a job of the answers that have come, or come first in that time. Raises what sending raised."""
        failure: Optional[BaseException] = None
        for id, outcome in self._outcomes.take(seconds):
            self.count -= 1
            if isinstance(outcome, BaseException):
                failure = failure or outcome
            else:
                tell(job, id, outcome)
        if failure:
            raise failure


def elapsed() -> float:
    """Seconds that go on while the process, or the machine, is stopped; from no particular moment."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)
