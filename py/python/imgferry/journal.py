"""The journal of a job in a file: locked, appended to, and on disk before anything is sent."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import time
from pathlib import Path

from . import log
from ._imgferry import Job
from .error import Error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Sequence, Tuple, Union

#: Journals longer than this, in bytes, are worth compacting.
LONG = 64 * 1024
#: A file that is there, on a disk or with rights that do not let it be written.
UNWRITABLE = (errno.EACCES, errno.EPERM, errno.EROFS)


class Journal:
    """A new journal file, to be given to ``run`` as ``journal``. One process at a time may hold it."""

    def __init__(self, path: Union[str, Path]) -> None:
        self.path = Path(path)
        self._is_new = True
        self._file = open_locked(self.path, os.O_CREAT)
        if not os.fstat(self._file).st_size:
            log.part("journal").info("%s: begun", self.path)
        else:
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
        journal._is_new = False
        try:
            journal._file = open_locked(journal.path, 0)
        except OSError as error:
            if error.errno not in UNWRITABLE:
                raise
            raise Error(
                f"{path} cannot be written: {error.strerror}",
                code="journal.unwritable",
                hint="nothing of it is lost: let this user write the file, then go on",
                hint_zh="内容未丢失：请让当前用户可以写入该文件，再继续",
            ) from None
        try:
            job, kept = Job.restore(read(journal.path), now_ms=now_ms, trusted_hosts=list(trusted_hosts))
            os.ftruncate(journal._file, kept)
            log.part("journal").info("%s: gone on with, %d bytes", journal.path, kept)
            if kept > LONG:
                journal._compact(job.compact(), kept)
        except BaseException:
            journal.close()
            raise
        return journal, job

    def __call__(self, lines: str) -> None:
        """Appends lines and returns when they are on disk. Where that fails, the file is left as it was."""
        data = lines.encode()
        if not data:
            return
        end = os.fstat(self._file).st_size
        try:
            while data:
                data = data[os.write(self._file, data) :]
            os.fsync(self._file)
        except OSError as error:
            # A line that is half there would spoil those after it.
            with contextlib.suppress(OSError):
                os.ftruncate(self._file, end)
            raise OSError(error.errno, error.strerror, str(self.path)) from None
        log.part("journal").debug("%s: %d bytes more on disk", self.path, len(lines))

    def _compact(self, text: str, length: int) -> None:
        """Replaces the file at one stroke, if that saves half of it. Whoever looks finds the old file or the new one.
        Where there is no room for a new one, the old one stays."""
        if 2 * len(text.encode()) > length:
            return
        path = self.path.resolve()
        new = path.with_name(path.name + ".new")
        with contextlib.suppress(FileNotFoundError):
            new.unlink()
        old, self._file = self._file, open_locked(new, os.O_CREAT)
        try:
            self(text)
            os.replace(new, path)
        except BaseException as error:
            os.close(self._file)
            self._file = old
            with contextlib.suppress(OSError):
                new.unlink()
            if not isinstance(error, OSError):
                raise
        else:
            os.close(old)
            sync_folder(path)
            log.part("journal").info("%s: compacted from %d to %d bytes", self.path, length, os.fstat(self._file).st_size)

    def close(self) -> None:
        """Gives up the file and its lock. A new file that nothing was written to is removed: nothing can go on with it."""
        if self._is_new and not os.fstat(self._file).st_size and is_at(self.path, self._file):
            with contextlib.suppress(OSError):
                self.path.unlink()
        os.close(self._file)

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def read(path: Union[str, Path]) -> str:
    """The text of a journal. A character that was cut off at its end is replaced, and dropped with its line."""
    # A pipe that nobody writes to is at its end, and not waited for.
    file = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0))
    mode = os.fstat(file).st_mode
    # A device may have no end, and a folder cannot be read.
    if stat.S_ISCHR(mode) or stat.S_ISDIR(mode):
        os.close(file)
        raise no_file(path)
    with open(file, "rb") as opened:
        if hasattr(os, "set_blocking"):
            os.set_blocking(file, True)
        try:
            data = opened.read()
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(path)) from None
        if not data and not stat.S_ISREG(mode):
            raise no_file(path)
    return data.decode("utf-8", "replace")


def open_locked(path: Path, flags: int) -> int:
    """Opens a file for this process alone; the lock ends with the process, however that ends."""
    while True:
        file = os.open(path, os.O_RDWR | os.O_APPEND | flags | getattr(os, "O_BINARY", 0), 0o600)
        try:
            if not stat.S_ISREG(os.fstat(file).st_mode):
                raise no_file(path)
            lock(file, path)
            # Between opening and locking, the holder may have replaced the file by a shorter one.
            if is_at(path, file):
                if flags & os.O_CREAT:
                    sync_folder(path)
                return file
        except BaseException:
            os.close(file)
            raise
        os.close(file)


def is_at(path: Path, file: int) -> bool:
    """Whether an open file is still the one of that name."""
    try:
        return os.path.samestat(os.fstat(file), os.stat(path))
    except FileNotFoundError:
        return False


def sync_folder(path: Path) -> None:
    """Puts the name of a file on disk; the file itself may be there without one."""
    if os.name == "nt":
        return  # Folders cannot be opened there; the file system keeps names by itself.
    with contextlib.suppress(OSError):
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def no_file(path: Union[str, Path]) -> Error:
    """A pipe, a device or a folder in place of a journal."""
    return Error(f"{path} is no regular file", code="journal.file", hint="give a file on a disk", hint_zh="请使用磁盘上的普通文件")


def is_held(path: Union[str, Path]) -> bool:
    """Whether a process is at work on a journal."""
    file = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
    try:
        lock_at_once(file)
        return False
    except OSError:
        return True
    finally:
        os.close(file)


def lock(file: int, path: Path) -> None:
    # Whoever only asks whether the file is held holds it for that moment.
    for pause in (0.01, 0.03, 0.1):
        with contextlib.suppress(OSError):
            return lock_at_once(file)
        time.sleep(pause)
    raise Error(
        f"{path} is in use by another process",
        code="journal.locked",
        hint="wait for it to end, or choose another file",
        hint_zh="请等待其结束，或换一个文件",
    )


def lock_at_once(file: int) -> None:
    try:
        import fcntl
    except ImportError:
        import msvcrt

        # Windows locks bytes, not files, and keeps readers out: this byte is one that no journal reaches.
        os.lseek(file, 2**31 - 2, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined, unused-ignore]
    else:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
