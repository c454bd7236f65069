"""Which database fleets are in: ``--database``."""

from __future__ import annotations

import argparse
import os

from .. import runs, store
from ..error import Error
from ..store.database import Database

VARIABLE = "IMGFERRY_DATABASE"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--database",
        metavar="URL",
        help=f"where fleets are kept: postgresql://user@host/name, or sqlite:///FILE for one machine (default: ${VARIABLE}, else a file in the state folder)",
    )


def opened(options: argparse.Namespace) -> Database:
    """The database that is asked for."""
    url = options.database if options.database is not None else os.environ.get(VARIABLE) or None
    if url is None:
        try:
            place = runs.made_folder()
        except OSError as error:
            raise Error(f"{runs.folder()}: {error.strerror}", code="database", hint="give --database", hint_zh="请给出 --database") from None
        url = f"sqlite:///{place / 'fleet.sqlite'}"
    return store.open(url)
