"""Carries out the fleets in a database, until it is stopped: by Ctrl-C or SIGTERM between two requests, by kill -9 at any moment.

  imgferry worker --database postgresql://imgferry@db/imgferry

Start as many as you like, on as many machines, for PostgreSQL; one for a SQLite file. What one leaves, another goes on with.
Needs `pip install 'imgferry[dbos,cli]'`.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
from typing import Any, Callable, List

from .. import Credentials
from ..error import Error
from . import INTERRUPTED, database, endpoints
from .output import Output


def add_arguments(parser: argparse.ArgumentParser) -> None:
    database.add_arguments(parser)
    endpoints.add_trust(parser)
    parser.add_argument("--accounts", metavar="FILE", help="accounts and roles, by the names that fleets have from --account; see the documentation of accounts")
    parser.add_argument("--until-idle", action="store_true", help="end when every fleet is over")
    parser.add_argument("--slots", type=int, default=32, help="partitions to carry at a time (default: 32)")


def run(options: argparse.Namespace, output: Output) -> int:
    if options.slots < 1:
        raise Error(f"--slots {options.slots} leaves nothing to do", code="usage", hint="give 1 or more", hint_zh="请给出 1 或更大的数")
    try:
        from ..engines.dbos import Worker
    except ImportError:
        hint = "pip install 'imgferry[dbos,cli]'"
        raise Error("a worker needs DBOS", code="dbos", hint=f"{hint}, on Python 3.10 or later", hint_zh=f"请在 Python 3.10 或更高版本上执行 {hint}") from None
    from .pool import sending

    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(name)s %(message)s")
    logging.getLogger("imgferry.worker").setLevel(logging.INFO)
    kept = database.opened(options)
    worker = Worker(kept, slots=options.slots, key_of=keys(options), send=sending(), trusted_hosts=options.trust_host)
    ended: List[int] = []

    def stop(number: int, _: Any) -> None:
        if ended:
            os._exit(128 + number)
        ended.append(number)
        worker.stopping.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        if threading.current_thread() is threading.main_thread():
            signal.signal(number, stop)
    worker.run(until_idle=options.until_idle)
    code = INTERRUPTED if signal.SIGINT in ended else 0
    sys.stdout.flush()
    sys.stderr.flush()
    # Workflows that sleep hold threads that would hold up the end.
    os._exit(code)


def keys(options: argparse.Namespace) -> Callable[[str, str], Credentials]:
    """What gives the key of an account: of the file with accounts that has it, else of the profile of its name."""
    from ..engines.dbos import key_of

    if not options.accounts:
        return key_of
    from . import accounts

    known = {(account["cloud"], account["name"]): accounts.Accounts(options.accounts, [account["name"]]) for account in accounts.read(options.accounts)}

    def key(cloud: str, account: str) -> Credentials:
        named = known.get((cloud, account))
        return named.load(cloud) if named else key_of(cloud, account)

    return key
