"""Goes on with a copy or export from its journal, wherever it was cut off.

Launches whose answer was lost are looked for before anything is launched again.
"""

from __future__ import annotations

import argparse

from .. import runs
from ..drive import now_ms
from ..journal import Journal
from . import endpoints, profiles
from .output import Output


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("journal", metavar="FILE", help="the journal that --journal made, or a run that `imgferry list` shows")
    parser.add_argument("--record", action="store_true", help="keep every request and answer beside the journal, without secrets, for `imgferry bundle`")
    profiles.add_arguments(parser)
    endpoints.add_trust(parser)


def run(options: argparse.Namespace, output: Output) -> int:
    from .execute import carry

    journal, job = Journal.resume(runs.called(options.journal), now_ms=now_ms(), trusted_hosts=options.trust_host)
    with journal:
        return carry(job, output, journal=journal, options=options)
