"""Where other threads, and signals, leave what the loop of a driver waits for."""

from __future__ import annotations

import threading
import time
from collections import deque
from contextlib import suppress
from typing import Deque, Generic, List, Optional, TypeVar

T = TypeVar("T")


class Mailbox(Generic[T]):
    """Many may put, even a handler of a signal; one takes.

    Not a ``SimpleQueue``: CPython's ``get`` waits for ever where its time is over in the moment between its two tries.
    """

    def __init__(self) -> None:
        self._items: Deque[T] = deque()
        #: Free where something may have come since it was taken last.
        self._news = threading.Lock()
        self._news.acquire()

    def put(self, item: T) -> None:
        """Leaves something there, and wakes whoever waits."""
        self._items.append(item)
        with suppress(RuntimeError):
            self._news.release()

    def take(self, seconds: Optional[float]) -> List[T]:
        """All that is there; where there is nothing, the first that comes in that time, or nothing. ``None``: any time."""
        until = None if seconds is None else time.monotonic() + seconds
        while not self._items:
            if not self._news.acquire(timeout=-1 if until is None else max(until - time.monotonic(), 0)):
                break
        return [self._items.popleft() for _ in range(len(self._items))]
