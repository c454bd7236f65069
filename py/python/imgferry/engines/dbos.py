"""Workers on DBOS, with SQLite on one machine or PostgreSQL on many: ``pip install 'imgferry[dbos]'``.

A partition is a workflow. Its steps are turns, as many as fit into five seconds; between them it sleeps durably. When a
worker dies, another finds its lock free and takes its workflows into the queue again. Partitions of one account are
carried out one after the other.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import Any, Callable, List, Optional, Sequence, Set

from dbos import DBOS, SetEnqueueOptions, SetWorkflowID

from .. import Credentials, Request, transport
from .. import credentials as found
from ..types import Outcome
from ..error import Error
from ..fleet import DEFAULT
from ..store import TakenOver, Unavailable
from ..store.database import Database
from ..turns import AGAIN_S, DISTANCE_S, OWNER, tick

QUEUE = "imgferry"
#: Of the workflow's shape, not of the package: a fleet outlives upgrades.
VERSION = "1"
#: How long a step lasts, in seconds. What happens in it is in our journal, so that the engine writes a row now and then.
STEP_S = 5.0
#: Steps of one workflow: whoever recovers one walks all of them.
STEPS = 300
#: How often a worker looks for workers that died, and for new partitions, in seconds.
SWEEP_S = 0.3
#: When to ask again for a key that is not there, in seconds.
KEYLESS_S = 5.0
#: Partitions that a worker carries at a time: most of them sleep.
SLOTS = 32

log = logging.getLogger("imgferry.worker")
#: Gives the keys of an account of a cloud.
KeyOf = Callable[[str, str], Credentials]


def key_of(cloud: str, account: str) -> Credentials:
    """The key of the profile of that name; for ``default`` that of the environment, else of the vendor's file."""
    return found.load(cloud, profile=None if account == DEFAULT else account)


class Worker:
    """A worker. There is one in a process, since there is one DBOS."""

    def __init__(
        self,
        database: Database,
        *,
        slots: int = SLOTS,
        key_of: KeyOf = key_of,
        send: Callable[[Request, int], Outcome] = transport.send,
        trusted_hosts: Sequence[str] = (),
        step_s: float = STEP_S,
    ) -> None:
        self.database = database
        self.slots = slots
        self.key_of = key_of
        self.send = send
        self.trusted_hosts = trusted_hosts
        self.step_s = step_s
        self.stopping = threading.Event()
        self._idle = threading.Condition()
        self._busy = 0
        self._known: Set[str] = set()
        # The word that this process is there comes first: who finds its workflows without it takes them.
        self.presence = database.presence(OWNER)
        self._launch()

    def _launch(self) -> None:
        DBOS(
            config={
                "name": "imgferry",
                "system_database_url": self.database.url,
                "executor_id": OWNER,
                "application_version": VERSION,
                "log_level": "ERROR",
            }
        )

        @DBOS.step(name="imgferry.turns")
        def turns(partition: str, cloud: str, account: str) -> Optional[float]:
            return self._turns(partition, cloud, account)

        @DBOS.workflow(name="imgferry.carry", max_recovery_attempts=None)
        def carry(run: str, partition: str, cloud: str, account: str, generation: int) -> None:
            for _ in range(STEPS):
                # The step tells the seconds: computed here, they would not be the same when the workflow is recovered.
                seconds = turns(partition, cloud, account)
                if seconds is None:
                    return
                if seconds > 0:
                    DBOS.sleep(seconds)
            self._follow(run, partition, cloud, account, generation + 1, priority=1)

        self._workflow = carry
        DBOS.listen_queues([QUEUE])
        DBOS.launch()
        DBOS.register_queue(QUEUE, worker_concurrency=self.slots, partition_concurrency=1, polling_interval_sec=0.2, on_conflict="always_update")

    def run(self, *, until_idle: bool = False) -> None:
        """Works until ``stopping`` is set, or, if so asked, until nothing is left to do. Ends between two turns."""
        down = False
        while not self.stopping.is_set():
            try:
                self.presence.renew()
                self._rescue()
                if not self._enqueue() and until_idle:
                    break
                down = False
            except Exception as error:
                # Ours or the engine's: what the database does not allow now it may allow later.
                if not down:
                    log.warning("%s", " ".join(str(error).split()), exc_info=not isinstance(error, Unavailable))
                down = True
            self.stopping.wait(SWEEP_S)
        self.stopping.set()
        with self._idle:
            self._idle.wait_for(lambda: self._busy == 0, timeout=60)

    def _turns(self, partition: str, cloud: str, account: str) -> Optional[float]:
        """Turns, until the job waits for longer than the step may last. Never raises: that would end the workflow."""
        until = time.monotonic() + self.step_s
        while True:
            seconds = self._turn(partition, cloud, account, max(until - time.monotonic(), 0))
            if seconds is None:
                # Whoever is next on this account counts the rates anew: what was sent is to be past.
                time.sleep(DISTANCE_S)
            if seconds is None or time.monotonic() + seconds > until:
                return seconds
            time.sleep(seconds)

    def _turn(self, partition: str, cloud: str, account: str, budget: float) -> Optional[float]:
        with self._idle:
            if self.stopping.is_set():
                # The process is about to end: another worker goes on from here.
                self._idle.wait_for(lambda: False)
            self._busy += 1
        try:
            keys = {cloud: self.key_of(cloud, account)}
            seconds = tick(self.database, partition, self.send, budget, credentials=keys, trusted_hosts=self.trusted_hosts)
            if seconds is None:
                log.info("%s: over", partition)
            return seconds
        except TakenOver:
            # The engine knows, too: it takes nothing more from this execution.
            log.warning("%s: taken over by another worker", partition)
            return AGAIN_S
        except Error as error:
            log.error("%s: %s", partition, error.message)
            return KEYLESS_S
        except Exception:
            log.exception("%s: this is a fault of imgferry: please report it", partition)
            return KEYLESS_S
        finally:
            with self._idle:
                self._busy -= 1
                self._idle.notify_all()

    def _rescue(self) -> None:
        """Takes the workflows of workers that are gone into the queue again."""
        for owner in {workflow.executor_id for workflow in self._pending()} - {OWNER, None}:
            with self.presence.left(owner) as gone:
                if gone:
                    ids = [workflow.workflow_id for workflow in self._pending(owner)]
                    # Without the queue's name they would leave it, and its limits.
                    DBOS.resume_workflows(ids, queue_name=QUEUE)
                    log.warning("%s is gone: %d of its partitions go on", owner, len(ids))

    def _pending(self, owner: Optional[str] = None) -> List[Any]:
        return DBOS.list_workflows(status="PENDING", queue_name=QUEUE, executor_id=owner, load_input=False, load_output=False)

    def _enqueue(self) -> int:
        """Enqueues what is new, which is harmless when another has done so, and tells how many partitions are open."""
        standings = self.database.standings(open_only=True)
        for standing in standings:
            run = f"{standing.id}#{standing.run}"
            if run not in self._known:
                self._follow(run, standing.id, standing.cloud, standing.account, 1, priority=2)
                self._known.add(run)
        return len(standings)

    def _follow(self, run: str, partition: str, cloud: str, account: str, generation: int, priority: int) -> None:
        """Enqueues a workflow of a run; one that follows another goes before those that wait for the account."""
        with SetWorkflowID(f"{run}.{generation}"), SetEnqueueOptions(queue_partition_key=f"{cloud}:{account}", priority=priority):
            DBOS.enqueue_workflow(QUEUE, self._workflow, run, partition, cloud, account, generation)
