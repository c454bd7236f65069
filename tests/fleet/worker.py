"""A worker of the storm: `imgferry worker`, or one that works as nobody should.

  worker.py STEP_S SLOTS early|late
"""

from __future__ import annotations

import os
import sys
from typing import Dict, Tuple

from imgferry import store
from imgferry.engines import dbos
from imgferry.store import Held, State
from imgferry.store.database import Database

step_s, slots, how = float(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
database = store.open(os.environ["IMGFERRY_DATABASE"])

if how == "late":
    # What is to be written waits for the end of the turn, as a result that an engine stores with its step does.
    waiting: Dict[Tuple[str, int], str] = {}
    append, end, turn = Database.append, Database.end, dbos.Worker._turn

    def later(self: Database, partition: str, epoch: int, lines: str) -> Held:
        waiting[partition, epoch] = waiting.get((partition, epoch), "") + lines
        return append(self, partition, epoch, "")

    def last(self: Database, partition: str, epoch: int, lines: str, state: State = "ended", note: str = "") -> Held:
        return end(self, partition, epoch, waiting.pop((partition, epoch), "") + lines, state, note)

    def whole(self: dbos.Worker, partition: str, cloud: str, account: str, budget: float) -> "float | None":
        seconds = turn(self, partition, cloud, account, budget)
        for (written, epoch), lines in [item for item in waiting.items() if item[0][0] == partition]:
            append(self.database, written, epoch, lines)
            del waiting[written, epoch]
        return seconds

    Database.append = later  # type: ignore[method-assign]
    Database.end = last  # type: ignore[method-assign]
    dbos.Worker._turn = whole  # type: ignore[method-assign]

from imgferry.cli.pool import sending

dbos.Worker(database, slots=slots, send=sending(), step_s=step_s).run()
