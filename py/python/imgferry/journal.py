"""The journal of a job in a file: locked, appended to, and on disk before anything is sent."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Sequence, Tuple, Union

from . import Job
from .error import Error


#: Journals longer than this, in bytes, are worth compacting.
LONG = 64 * 1024


class Journal:
    """A new journal file, to be given to ``run`` as ``journal``. One process at a time may hold it."""

    def __init__(self, path: Union[str, Path]) -> None:
        self.path = Path(path)
        self._file = open_locked(self.path, os.O_CREAT)
        if os.fstat(self._file).st_size:
            os.close(self._file)
            raise Error(
                f"{self.path} is there already",
                code="journal.exists",
                hint=f"go on with it by `imgferry resume {self.path}`, or choose another file",
                hint_zh=f"请用 `imgferry resume {self.path}` 继续，或换一个文件",
            )

    @classmethod
    def resume(cls, path: Union[str, Path], *, now_ms: int, trusted_hosts: Sequence[str] = ()) -> Tuple[Journal, Job]:
        """Goes on with a journal that is there. A last line that was cut off is dropped, and a journal that has grown
        long is replaced by one that tells the same in fewer lines. ``trusted_hosts`` as for ``Plan``."""
        journal = cls.__new__(cls)
        journal.path = Path(path)
        journal._file = open_locked(journal.path, 0)
        try:
            job, kept = Job.restore(read(journal.path), now_ms=now_ms, trusted_hosts=list(trusted_hosts))
            os.ftruncate(journal._file, kept)
            if kept > LONG:
                journal._compact(job.compact(), kept)
        except BaseException:
            journal.close()
            raise
        return journal, job

    def __call__(self, lines: str) -> None:
        """Appends lines and returns when they are on disk."""
        data = lines.encode()
        while data:
            data = data[os.write(self._file, data) :]
        if lines:
            os.fsync(self._file)

    def _compact(self, text: str, length: int) -> None:
        """Replaces the file at one stroke, if that saves half of it. Whoever looks finds the old file or the new one."""
        if 2 * len(text.encode()) > length:
            return
        new = self.path.with_name(self.path.name + ".new")
        with contextlib.suppress(FileNotFoundError):
            new.unlink()
        old, self._file = self._file, open_locked(new, os.O_CREAT)
        try:
            self(text)
            os.replace(new, self.path)
        except BaseException:
            os.close(self._file)
            self._file = old
            raise
        os.close(old)

    def close(self) -> None:
        """Gives up the file and its lock."""
        os.close(self._file)

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def read(path: Union[str, Path]) -> str:
    """The text of a journal. A character that was cut off at its end is replaced, and dropped with its line."""
    return Path(path).read_bytes().decode("utf-8", "replace")


def open_locked(path: Path, flags: int) -> int:
    """Opens a file for this process alone; the lock ends with the process, however that ends."""
    file = os.open(path, os.O_RDWR | os.O_APPEND | flags | getattr(os, "O_BINARY", 0), 0o600)
    try:
        lock(file)
    except OSError:
        os.close(file)
        raise Error(
            f"{path} is in use by another process",
            code="journal.locked",
            hint="wait for it to end, or choose another file",
            hint_zh="请等待其结束，或换一个文件",
        ) from None
    return file


def lock(file: int) -> None:
    try:
        import fcntl
    except ImportError:
        import msvcrt

        # Windows locks bytes, not files, and keeps readers out: this byte is one that no journal reaches.
        os.lseek(file, 2**31 - 2, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined, unused-ignore]
    else:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
