"""The driver of the command line: the loop of the others, with many requests under way, each in a thread of its own.

It has no event loop: with thousands of destinations, its tasks and the pipe that wakes it took more than the requests.
"""

from __future__ import annotations

import signal
import threading
import time
from collections import deque
from contextlib import contextmanager
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Callable, Deque, Dict, Iterator, List, Mapping, NamedTuple, Optional, Union

from .. import Credentials, Done, Job, Request, Send, log, transport
from ..drive import ask, driving, now_ms, tell
from ..mailbox import Mailbox
from . import threads
from .pool import Exchange, Leaving

if TYPE_CHECKING:
    from ..types import Event, Outcome

#: Seconds between two calls of ``tick``.
TICK_S = 0.25
#: What ends a run: in order when it comes once, at once when it comes again.
SIGNALS = [number for number in (getattr(signal, name, None) for name in ("SIGINT", "SIGTERM", "SIGHUP")) if number]


class Host(NamedTuple):
    """What a run needs of whoever asks for it."""

    exchange: Exchange
    #: The keys by cloud, asked after ``hear``: whoever hears that a key was refused can bring another one at once.
    keys: Callable[[], Mapping[str, Credentials]]
    #: Takes lines that must be on disk when it returns.
    journal: Callable[[str], Any]
    #: Takes what happened.
    hear: Callable[[List[Event]], Any]
    #: Called now and then.
    tick: Callable[[], Any]
    #: Takes a call, what came of it, and the seconds that it took.
    tally: Callable[[Request, Outcome, float], Any] = lambda *_: None


class Pending:
    """A request under way."""

    def __init__(self, step: Send) -> None:
        self.id = step.id
        self.request: Request = step.request
        self.timeout_ms = step.timeout_ms
        self.leaving = Leaving()
        self.began = time.monotonic()
        self.outcome: Union[Outcome, Exception, None] = None

    @property
    def over_s(self) -> float:
        """When the whole answer must be there, not just the next bytes of it."""
        return self.began + self.timeout_ms / 1000


def run(job: Job, host: Host, signals: List[int]) -> None:
    """Carries out a job to its end, or until signals end it: in order when one comes, at once when another does. Those
    that came are in ``signals`` then.

    When anything of the host raises, nothing more is launched and the answers under way are waited for before the
    exception goes on; a signal ends that wait.
    """
    under_way = UnderWay(host)
    with driving(job), under_way.heeding(signals):
        is_cancelled = False
        try:
            while len(signals) < 2:
                if signals and not is_cancelled:
                    job.cancel(now_ms=now_ms())
                    is_cancelled = True
                due = turn(job, host, under_way)
                if due is None:
                    break
                under_way.wait(job, due)
            else:
                # What has come since the last turn.
                host.journal(job.take_journal())
        except Exception:
            job.cancel(now_ms=now_ms())
            before = len(signals)
            while under_way.pending and len(signals) == before:
                under_way.wait(job, None)
            raise


def turn(job: Job, host: Host, under_way: UnderWay) -> Optional[float]:
    """Sends all that is to be sent now, and tells until when to wait, by ``time.monotonic``; nothing where the job is done.
    What the job says of it is on disk before, at one stroke."""
    hear(job, host)
    keys, now = host.keys(), now_ms()
    sends: Deque[Send] = deque()
    step, due = ask(job, keys, now)
    while isinstance(step, Send):
        sends.append(step)
        step, due = ask(job, keys, now)
    try:
        host.journal(job.take_journal())
        while sends:
            under_way.add(Pending(sends[0]))
            sends.popleft()
    except BaseException:
        for send in sends:
            # It never leaves.
            job.lost(send.id, "unsent", now_ms=now_ms())
        raise
    hear(job, host)
    return None if isinstance(step, Done) else due


def hear(job: Job, host: Host) -> None:
    """Tells what happened."""
    events = job.take_events()
    if events:
        for event in events:
            log.event(event)
        host.hear(events)


class UnderWay:
    """The requests whose answers are awaited, and as many threads as there were at once. A thread that hangs holds up
    neither the others nor the end of the process, as one of ``concurrent.futures`` would."""

    def __init__(self, host: Host) -> None:
        self.host = host
        #: In the order of their ends, since a policy has one time for all.
        self.pending: Dict[Pending, None] = {}
        self.work: SimpleQueue[Pending] = SimpleQueue()
        #: What has come: answers, and nothing for a signal.
        self.come: Mailbox[Optional[Pending]] = Mailbox()
        self.threads = 0
        #: The threads that have nothing to do; below zero, the requests that wait for one.
        self.idle = 0

    def add(self, sent: Pending) -> None:
        """Sends a request, by the first thread that is free where there can be no more of them. Raises ``Error`` where there
        is none at all, and nothing was sent."""
        if self.idle <= 0 and threads.started(self.carry, "imgferry.send"):
            self.threads += 1
            self.idle += 1
        if not self.threads:
            raise threads.none()
        self.idle -= 1
        self.pending[sent] = None
        self.work.put(sent)

    def carry(self) -> None:
        """What a thread does: it sends one request after the other."""
        while True:
            sent = self.work.get()
            try:
                sent.outcome = self.host.exchange(sent.request, sent.timeout_ms, sent.leaving)
            except Exception as raised:
                sent.outcome = raised
            self.come.put(sent)

    def wait(self, job: Job, until: Optional[float]) -> None:
        """Waits for an answer or a signal, but no longer than until then, and tells the job all that has come. Raises what
        sending raised."""
        while True:
            self.host.tick()
            now = time.monotonic()
            first = next(iter(self.pending), None)
            left = min(TICK_S, *([until - now] if until is not None else []), *([first.over_s - now] if first else []))
            come = self.come.take(left)
            failure: Optional[Exception] = None
            for sent in come:
                try:
                    self.take(job, sent)
                except Exception as raised:
                    failure = failure or raised
            if failure:
                raise failure
            if come or self.give_up(job) or (until is not None and time.monotonic() >= until):
                return

    def take(self, job: Job, sent: Optional[Pending]) -> None:
        """Takes an answer. One that was given up is not waited for any more."""
        if sent is None:
            return
        self.idle += 1
        if sent in self.pending:
            outcome, sent.outcome = sent.outcome, None
            self.end(job, sent, outcome)

    def give_up(self, job: Job) -> bool:
        """Gives up the requests that took too long; whether there were any."""
        late = []
        for sent in self.pending:
            if sent.over_s > time.monotonic():
                break
            late.append(sent)
        for sent in late:
            seconds = f"{sent.timeout_ms / 1000:g} s"
            if sent.leaving.give_up():
                self.end(job, sent, ("unanswered", f"nothing within {seconds}"))
            else:
                none = TimeoutError(f"no connection within {seconds}")
                self.end(job, sent, transport.unsent(none, transport.proxy_for(sent.request.url)))
        return bool(late)

    def end(self, job: Job, sent: Pending, outcome: Any) -> None:
        """Tells what came of a request."""
        del self.pending[sent]
        if isinstance(outcome, Exception):
            raise outcome
        log.call(sent.request, outcome, sent.began)
        self.host.tally(sent.request, outcome, time.monotonic() - sent.began)
        tell(job, sent.id, outcome)

    @contextmanager
    def heeding(self, signals: List[int]) -> Iterator[None]:
        """Puts the signals that come meanwhile into a list. Elsewhere than in the main thread none does. Once one has come,
        whoever asked says what a further one does: by default it would end the process before it has told how to go on."""
        before: Dict[int, Any] = {}

        def note(number: int, _frame: object) -> None:
            signals.append(number)
            self.come.put(None)

        for number in SIGNALS if threading.current_thread() is threading.main_thread() else ():
            # `nohup` asks that SIGHUP be ignored.
            if number == signal.SIGINT or signal.getsignal(number) is not signal.SIG_IGN:
                before[number] = signal.signal(number, note)
        try:
            yield
        finally:
            for number, handler in before.items() if not signals else ():
                signal.signal(number, handler)
