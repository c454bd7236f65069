"""imgferry carries custom VM images across regions on Tencent Cloud, Volcengine and Huawei Cloud.

Three levels, each written on the one below it:

1. ``sign``, ``prepare``, ``finish``, ``verify``, ``diagnose``: any request of the three schemes.
2. ``check``, ``build``, ``read``, ``explain``: one operation of one cloud.
3. ``copy``, or ``Plan`` and ``Job``: many copies, launched exactly once and never lost; ``run`` carries a job out, and
   ``tick`` one turn of it where an engine does.

Nothing here opens a connection but ``copy``, ``run``, ``tick``, ``aio.run`` and ``sim``, and these are imported only when they are used.
"""

from ._imgferry import (
    At as At,
    Call as Call,
    Credentials as Credentials,
    Done as Done,
    Job as Job,
    Plan as Plan,
    Prepared as Prepared,
    Request as Request,
    Send as Send,
    Signed as Signed,
    Wait as Wait,
    diagnose as diagnose,
    build as build,
    check as check,
    explain as explain,
    finish as finish,
    operations as operations,
    prepare as prepare,
    read as read,
    regions as regions,
    sign as sign,
    verify as verify,
)
from .error import Error as Error, Refused as Refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from . import aio as aio, credentials as credentials, fleet as fleet, journal as journal, runs as runs, sim as sim, store as store, transport as transport
    from .drive import run as run
    from .runs import copy as copy
    from .turns import tick as tick


def __getattr__(name: str) -> object:
    """Loads what does I/O when it is first asked for, so that importing the package stays cheap."""
    from importlib import import_module

    if name == "run":
        from .drive import run

        return run
    if name == "copy":
        from .runs import copy

        return copy
    if name == "tick":
        from .turns import tick

        return tick
    if name in ("aio", "credentials", "fleet", "journal", "runs", "sim", "store", "transport"):
        return import_module(f".{name}", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
