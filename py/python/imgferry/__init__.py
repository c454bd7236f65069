"""imgferry carries custom VM images across regions on Tencent Cloud, Volcengine and Huawei Cloud.

Three levels, each written on the one below it:

1. ``sign``, ``prepare``, ``finish``, ``verify``: any request of the three schemes.
2. ``check``, ``build``, ``read``, ``explain``: one operation of one cloud.
3. ``Plan`` and ``Job``: many copies, launched exactly once and never lost; ``run`` carries them out.

Nothing here opens a connection but ``run``, ``aio.run`` and ``sim``, and these are imported only when they are used.
"""

from ._imgferry import (
    At as At,
    Call as Call,
    Credentials as Credentials,
    Prepared as Prepared,
    Request as Request,
    Signed as Signed,
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
