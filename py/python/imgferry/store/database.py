"""The tables and the statements, the same in every database: who drives a partition, and what its journal says."""

from __future__ import annotations

import time
from typing import Any, ContextManager, List, NamedTuple, Optional, Protocol, Sequence, Tuple

from ..error import Error
from .protocol import Held, State, Taken

TABLES = (
    """CREATE TABLE IF NOT EXISTS ferry_partition (
        id TEXT PRIMARY KEY, fleet TEXT NOT NULL, cloud TEXT NOT NULL, account TEXT NOT NULL, state TEXT NOT NULL, run BIGINT NOT NULL,
        epoch BIGINT NOT NULL, owner TEXT NOT NULL, cancel BOOLEAN NOT NULL, note TEXT NOT NULL, begun_ms BIGINT NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS ferry_journal (
        partition_id TEXT NOT NULL, seq BIGINT NOT NULL, epoch BIGINT NOT NULL, lines TEXT NOT NULL, PRIMARY KEY (partition_id, seq))""",
)


class Standing(NamedTuple):
    """How a partition stands. ``run`` is how often it was begun or taken up again, ``epoch`` how often a driver took it over,
    ``owner`` which did so last."""

    id: str
    fleet: str
    cloud: str
    account: str
    state: State
    run: int
    epoch: int
    owner: str
    cancel: bool
    note: str
    begun_ms: int


class Cursor(Protocol):
    """What the databases' drivers have in common."""

    @property
    def rowcount(self) -> int: ...

    def execute(self, statement: str, values: Sequence[Any] = ..., /) -> Any: ...

    def fetchone(self) -> Optional[Tuple[Any, ...]]: ...

    def fetchall(self) -> List[Tuple[Any, ...]]: ...


class Presence(Protocol):
    """The word of a process that it is there: it ends with the process, however that ends."""

    def renew(self) -> None:
        """Sees to it that others can tell that this process is there. Raises ``Unavailable``."""

    def left(self, owner: str) -> ContextManager[bool]:
        """Whether another process is gone; nobody else finds that out meanwhile."""

    def close(self) -> None:
        """Takes the word back."""


class Database:
    """A ``Store``, and what fleets need beside it."""

    #: Keeps others from a row until the end of the transaction; where a transaction keeps them from all, nothing.
    LOCKING = ""
    #: As the database names it.
    url: str

    def transaction(self) -> ContextManager[Cursor]:
        """One transaction: committed at the end of the block, undone by an exception. Raises ``Unavailable``."""
        raise NotImplementedError

    def presence(self, owner: str) -> Presence:
        """Gives the word that a process is there."""
        raise NotImplementedError

    def close(self) -> None:
        """Gives up all connections."""
        raise NotImplementedError

    def create(self) -> None:
        """Makes the tables where they are missing."""
        with self.transaction() as sql:
            for table in TABLES:
                sql.execute(table)

    # The store that ``tick`` needs.

    def take(self, partition: str, owner: str) -> Optional[Taken]:
        with self.transaction() as sql:
            # First of all, so that whoever writes has ended before the journal is read.
            sql.execute("UPDATE ferry_partition SET epoch = epoch + 1, owner = ? WHERE id = ? AND state = 'open'", (owner, partition))
            taken = sql.rowcount == 1
            sql.execute("SELECT epoch FROM ferry_partition WHERE id = ?", (partition,))
            row = sql.fetchone()
            if row is None:
                raise Error(f"there is no partition {partition}", code="partition", hint="see `imgferry fleet status`", hint_zh="请查看 `imgferry fleet status`")
            return Taken(row[0], self._read(sql, partition)) if taken else None

    def append(self, partition: str, epoch: int, lines: str) -> Held:
        with self.transaction() as sql:
            held = self._held(sql, partition, epoch)
            if lines and held != "taken":
                self._add(sql, partition, epoch, lines)
            return held

    def replace(self, partition: str, epoch: int, journal: str) -> Held:
        with self.transaction() as sql:
            held = self._held(sql, partition, epoch)
            if held != "taken":
                self._put(sql, partition, epoch, journal)
            return held

    def end(self, partition: str, epoch: int, lines: str, state: State = "ended", note: str = "") -> Held:
        with self.transaction() as sql:
            held = self._held(sql, partition, epoch)
            if held != "taken":
                if lines:
                    self._add(sql, partition, epoch, lines)
                sql.execute("UPDATE ferry_partition SET state = ?, note = ? WHERE id = ?", (state, note, partition))
            return held

    def _held(self, sql: Cursor, partition: str, epoch: int) -> Held:
        sql.execute(f"SELECT cancel FROM ferry_partition WHERE id = ? AND epoch = ? AND state = 'open'{self.LOCKING}", (partition, epoch))
        row = sql.fetchone()
        return "taken" if row is None else "cancel" if row[0] else "held"

    def _add(self, sql: Cursor, partition: str, epoch: int, lines: str) -> None:
        last = "SELECT coalesce(max(seq), 0) + 1 FROM ferry_journal WHERE partition_id = ?"
        sql.execute(f"INSERT INTO ferry_journal VALUES (?, ({last}), ?, ?)", (partition, partition, epoch, lines))

    def _put(self, sql: Cursor, partition: str, epoch: int, journal: str) -> None:
        sql.execute("DELETE FROM ferry_journal WHERE partition_id = ?", (partition,))
        self._add(sql, partition, epoch, journal)

    def _read(self, sql: Cursor, partition: str) -> str:
        sql.execute("SELECT lines FROM ferry_journal WHERE partition_id = ? ORDER BY seq", (partition,))
        return "".join(row[0] for row in sql.fetchall())

    # What fleets need.

    def begin(self, partition: str, journal: str, *, fleet: str = "", cloud: str = "", account: str = "") -> bool:
        """Adds a partition with the first lines of its job's journal; false when it is there already."""
        with self.transaction() as sql:
            sql.execute(
                "INSERT INTO ferry_partition VALUES (?, ?, ?, ?, 'open', 1, 0, '', FALSE, '', ?) ON CONFLICT (id) DO NOTHING",
                (partition, fleet, cloud, account, time.time_ns() // 1_000_000),
            )
            new = sql.rowcount == 1
            if new:
                self._add(sql, partition, 0, journal)
            return new

    def cancel(self, partition: str) -> bool:
        """Asks that nothing more of a partition be launched; false when it has ended, or is not there."""
        with self.transaction() as sql:
            sql.execute("UPDATE ferry_partition SET cancel = TRUE WHERE id = ? AND state = 'open'", (partition,))
            return sql.rowcount == 1

    def reopen(self, partition: str, journal: str) -> bool:
        """Opens a partition that is over or was to be cancelled, with the journal of its job taken up again; false when it is
        neither."""
        with self.transaction() as sql:
            # Whoever drives it still has a job that ends.
            again = "state = 'open', cancel = FALSE, note = '', run = run + 1, epoch = epoch + 1"
            sql.execute(f"UPDATE ferry_partition SET {again} WHERE id = ? AND (state <> 'open' OR cancel)", (partition,))
            opened = sql.rowcount == 1
            if opened:
                self._put(sql, partition, 0, journal)
            return opened

    def read(self, partition: str) -> str:
        """The journal of a partition; empty when there is none."""
        with self.transaction() as sql:
            return self._read(sql, partition)

    def standings(self, fleet: Optional[str] = None, *, open_only: bool = False) -> List[Standing]:
        """How the partitions stand, the oldest first."""
        asked = [("fleet = ?", fleet)] if fleet is not None else []
        asked += [("state = ?", "open")] if open_only else []
        where = f" WHERE {' AND '.join(text for text, _ in asked)}" if asked else ""
        with self.transaction() as sql:
            sql.execute(f"SELECT {', '.join(Standing._fields)} FROM ferry_partition{where} ORDER BY begun_ms, id", [value for _, value in asked])
            return [Standing(*row)._replace(cancel=bool(row[8])) for row in sql.fetchall()]
