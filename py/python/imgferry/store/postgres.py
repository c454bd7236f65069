"""Journals in PostgreSQL, for workers on many machines."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from typing import Any, Dict, Iterator, List

from ..error import Error
from .protocol import Unavailable
from .database import Cursor, Database, Presence

#: A host that vanishes is given up after about so many seconds, in both directions, and its locks with it.
KEEPALIVE: Dict[str, Any] = {"keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3, "tcp_user_timeout": 15_000, "connect_timeout": 10}
SETTINGS = "-c synchronous_commit=on -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3 -c tcp_user_timeout=15000"


class Postgres(Database):
    """A connection for every thread that asks at the same time."""

    LOCKING = " FOR UPDATE"

    def __init__(self, url: str) -> None:
        self.url = url
        self._idle: List[Any] = []
        try:
            self.create()
        except Unavailable as error:
            raise Error(str(error), code="database", hint="see that the server runs, the database is there and the user may use it", hint_zh="请确认服务器已启动、数据库存在且用户有权限") from None

    def connect(self) -> Any:
        """A new connection. Raises ``Unavailable``."""
        try:
            import psycopg
        except ImportError:
            hint = "pip install 'imgferry[postgres]'"
            raise Error("PostgreSQL needs psycopg", code="database", hint=hint, hint_zh=f"请执行 {hint}") from None
        try:
            return psycopg.connect(self.url, autocommit=True, application_name="imgferry", options=SETTINGS, **KEEPALIVE)
        except psycopg.Error as error:
            raise self.unavailable(error) from None

    def unavailable(self, error: Exception) -> Unavailable:
        """What went wrong, without the URL: it may hold a password."""
        return Unavailable(f"the database: {' '.join(str(error).replace(self.url, '…').split())}")

    @contextmanager
    def transaction(self) -> Iterator[Cursor]:
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self.connect()
        import psycopg

        try:
            with connection.transaction(), connection.cursor() as cursor:
                yield Marked(cursor)
        except psycopg.Error as error:
            connection.close()
            # What broke one has most likely broken all.
            self.close()
            raise self.unavailable(error) from None
        except BaseException:
            connection.close()
            raise
        self._idle.append(connection)

    def create(self) -> None:
        with self.transaction() as sql:
            # Of two that make a table at once, one would fail.
            sql.execute("SELECT pg_advisory_xact_lock(?)", (key("tables"),))
            sql.execute("SELECT to_regclass('ferry_journal') IS NOT NULL")
            if sql.fetchone() == (True,):
                return
        super().create()

    def presence(self, owner: str) -> Presence:
        return Locked(self, owner)

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()


class Marked:
    """A cursor that takes the statements of all databases."""

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor
        self.fetchone = cursor.fetchone
        self.fetchall = cursor.fetchall

    @property
    def rowcount(self) -> int:
        return int(self._cursor.rowcount)

    def execute(self, statement: str, values: Any = ()) -> None:
        self._cursor.execute(statement.replace("?", "%s"), values)


class Locked:
    """An advisory lock on a connection of its own: the server takes it back when the connection ends."""

    def __init__(self, database: Postgres, owner: str) -> None:
        self.database = database
        self.owner = owner
        self._connection: Any = None
        self.renew()

    def renew(self) -> None:
        import psycopg

        try:
            if self._connection is None:
                self._connection = self.database.connect()
                # It may be held for a moment by one who asks whether this process is gone.
                self._connection.execute("SELECT pg_advisory_lock(%s)", (key(self.owner),))
            self._connection.execute("SELECT 1")
        except psycopg.Error as error:
            self.close()
            raise self.database.unavailable(error) from None

    @contextmanager
    def left(self, owner: str) -> Iterator[bool]:
        with self.database.transaction() as sql:
            sql.execute("SELECT pg_try_advisory_xact_lock(?)", (key(owner),))
            yield sql.fetchone() == (True,)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def key(owner: str) -> int:
    """The number of a lock."""
    return int.from_bytes(hashlib.sha256(f"imgferry {owner}".encode()).digest()[:8], "big", signed=True)
