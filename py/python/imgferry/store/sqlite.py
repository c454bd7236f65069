"""Journals in a SQLite file, for the processes of one machine."""

from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Iterator

from ..error import Error
from ..journal import open_locked
from .protocol import Unavailable
from .database import Cursor, Database, Presence


class Sqlite(Database):
    """One connection, used by one thread at a time."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.path = Path(url[len("sqlite:///") :])
        self._lock = threading.Lock()
        try:
            self._connection = sqlite3.connect(self.path, timeout=30, isolation_level=None, check_same_thread=False)
            try:
                # What is committed is on disk, as a launch must be before it leaves.
                self._connection.execute("PRAGMA journal_mode = WAL").close()
                self._connection.execute("PRAGMA synchronous = FULL").close()
                self.create()
            except BaseException:
                self._connection.close()
                raise
        except (sqlite3.Error, Unavailable) as error:
            raise unusable(self.path, str(error.__cause__ or error)) from None

    @contextmanager
    def transaction(self) -> Iterator[Cursor]:
        with self._lock:
            try:
                with closing(self._connection.cursor()) as cursor:
                    # Others wait here, not half-way.
                    cursor.execute("BEGIN IMMEDIATE")
                    try:
                        yield cursor
                    except BaseException:
                        cursor.execute("ROLLBACK")
                        raise
                    cursor.execute("COMMIT")
            except sqlite3.Error as error:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK").close()
                raise Unavailable(f"{self.path}: {error}") from error

    def presence(self, owner: str) -> Presence:
        return Alone(self.path)

    def close(self) -> None:
        with self._lock:
            self._connection.close()


#: What to do about a file that cannot be used, by a word of SQLite's message.
NEXT = (
    ("locked", "another process is at work on it: go on when that has ended", "其他进程正在使用该文件：请待其结束后再继续"),
    ("not a database", "it was left alone: name another file", "未改动该文件：请指定其他文件"),
    ("malformed", "it was left alone: restore it from a copy, or name another file", "未改动该文件：请从备份恢复，或指定其他文件"),
    ("full", "make room on its disk", "请清理磁盘空间"),
    ("", "name a file in a folder that can be written", "请指定可写目录中的文件"),
)


def unusable(path: Path, message: str) -> Error:
    hint, hint_zh = next((en, zh) for word, en, zh in NEXT if word in message)
    return Error(f"{path}: {message}", code="database", hint=hint, hint_zh=hint_zh)


class Alone:
    """One process at a time works on a file: its lock is the word that it is there."""

    def __init__(self, path: Path) -> None:
        self._file = open_locked(path.with_name(f"{path.name}.lock"), os.O_CREAT)

    def renew(self) -> None:
        """A lock of this machine is not lost."""

    @contextmanager
    def left(self, owner: str) -> Iterator[bool]:
        yield True

    def close(self) -> None:
        os.close(self._file)
