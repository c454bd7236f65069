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
    url = options.database or os.environ.get(VARIABLE)
    if not url:
        place = runs.folder()
        try:
            place.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise Error(f"{place}: {error.strerror}", code="database", hint="give --database", hint_zh="请给出 --database") from None
        url = f"sqlite:///{place / 'fleet.sqlite'}"
    return store.open(url)
