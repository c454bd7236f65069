"""imgferry carries custom VM images across regions on Tencent Cloud, Volcengine and Huawei Cloud.

Three levels, each written on the one below it:

1. ``sign``, ``prepare``, ``finish``, ``verify``, ``diagnose``, ``investigate``: any request of the three schemes.
2. ``check``, ``build``, ``read``, ``explain``: one operation of one cloud.
3. ``copy``, or ``Plan`` and ``Job``: many copies, launched exactly once and never lost; ``run`` carries a job out, and
   ``tick`` one turn of it where an engine does.

Nothing here opens a connection but ``copy``, ``run``, ``tick``, ``aio.run`` and ``sim``, and these are imported only when they are used.
"""

from ._imgferry import (
    VERSION as __version__,
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
    build as build,
    check as check,
    diagnose as diagnose,
    explain as explain,
    finish as finish,
    investigate as investigate,
    operations as operations,
    plan_schema as plan_schema,
    prepare as prepare,
    read as read,
    regions as regions,
    rules as rules,
    sign as sign,
    verify as verify,
)
from .error import Error as Error, Refused as Refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from . import adapters as adapters, aio as aio, credentials as credentials, fleet as fleet, journal as journal, runs as runs, sim as sim, store as store
    from . import transport as transport
    from .drive import run as run
    from .runs import copy as copy
    from .turns import tick as tick


#: Loaded when they are first asked for, so that importing the package stays cheap: they do I/O.
_LATER = {"run": "drive", "copy": "runs", "tick": "turns"}
_MODULES = ("adapters", "aio", "credentials", "fleet", "journal", "runs", "sim", "store", "transport")

__all__ = [
    "At",
    "Call",
    "Credentials",
    "Done",
    "Error",
    "Job",
    "Plan",
    "Prepared",
    "Refused",
    "Request",
    "Send",
    "Signed",
    "Wait",
    "__version__",
    "adapters",
    "aio",
    "build",
    "check",
    "copy",
    "credentials",
    "diagnose",
    "explain",
    "finish",
    "fleet",
    "investigate",
    "journal",
    "operations",
    "plan_schema",
    "prepare",
    "read",
    "regions",
    "rules",
    "run",
    "runs",
    "sign",
    "sim",
    "store",
    "tick",
    "transport",
    "verify",
]


def __getattr__(name: str) -> object:
    from importlib import import_module

    if name in _LATER:
        return getattr(import_module(f".{_LATER[name]}", __name__), name)
    if name in _MODULES:
        return import_module(f".{name}", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> "list[str]":
    return sorted({*globals(), *__all__})
