"""Threads that hold up neither each other nor the end of the process, as those of ``concurrent.futures`` would."""

from __future__ import annotations

import threading
from typing import Callable

from ..error import Error


def started(work: Callable[[], object], name: str) -> bool:
    """Starts a thread; false where the system gives no more."""
    try:
        threading.Thread(target=work, name=name, daemon=True).start()
    except (RuntimeError, MemoryError):
        return False
    return True


def none() -> Error:
    """That there is not a single one to send a request by."""
    return Error(
        "the system gives no thread to send a request by",
        code="threads",
        hint="raise the limit of processes or of memory (ulimit -u, ulimit -v, the container's), then go on",
        hint_zh="请提高进程数或内存上限（ulimit -u、ulimit -v 或容器限制）后继续",
    )
