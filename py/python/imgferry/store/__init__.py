"""Where the journals of jobs are whose memory is elsewhere: in a database, and each driven by one at a time.

``open`` gives the store of a URL: ``sqlite:///path/to/file`` for the processes of one machine, ``postgresql://…`` for many
machines (``pip install 'imgferry[postgres]'``). What ``tick`` needs of one is the protocol ``Store``: four methods, for whoever
keeps journals elsewhere. No secret is ever given to a store.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..error import Error
from .protocol import Held as Held, State as State, Store as Store, Taken as Taken, TakenOver as TakenOver, Unavailable as Unavailable

if TYPE_CHECKING:
    from .database import Database


def open(url: str) -> Database:
    """The store of a URL; its tables are made where they are missing."""
    if url.startswith("sqlite:///") and len(url) > len("sqlite:///"):
        from .sqlite import Sqlite

        return Sqlite(url)
    if url.startswith(("postgresql://", "postgres://")):
        from .postgres import Postgres

        # The engine knows only the long form.
        return Postgres(url.replace("postgres://", "postgresql://", 1))
    raise Error(
        f"{url.partition('://')[0] or 'an empty text'}: no database that journals can be kept in",
        code="database",
        hint="write it like sqlite:////var/lib/imgferry/fleet.sqlite or postgresql://user@host/name",
        hint_zh="写法如 sqlite:////var/lib/imgferry/fleet.sqlite 或 postgresql://user@host/name",
    )
