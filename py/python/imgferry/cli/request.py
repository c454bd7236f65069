"""Builds and signs the request of one operation. Nothing is sent.

  imgferry request tencent SyncImages --region ap-guangzhou \\
      --param ImageIds=img-12345678 --param DestinationRegions=ap-shanghai
  imgferry request huawei ShowImageQuota --region cn-north-4 --format curl --show-secrets

A parameter takes the type that the operation gives it. Lists are written as JSON, or by giving the parameter several
times: --param ImageIds='["img-1"]'. Signature and tokens are shown as REDACTED unless --show-secrets is given.

The access key comes from the environment or the vendors' own files, with --profile from a profile there:
  tencent     TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY, TENCENTCLOUD_TOKEN
  volcengine  VOLCENGINE_ACCESS_KEY, VOLCENGINE_SECRET_KEY, VOLCENGINE_SESSION_TOKEN
  huawei      HUAWEICLOUD_SDK_AK, HUAWEICLOUD_SDK_SK, HUAWEICLOUD_SDK_SECURITY_TOKEN, HUAWEICLOUD_SDK_PROJECT_ID
"""

from __future__ import annotations

import argparse
import shlex
import time
from typing import TYPE_CHECKING, Any, Dict, List, Sequence

from .. import At, Request, build, check, operations
from ..error import Error
from . import endpoints, profiles
from .json import strict
from .output import Output

if TYPE_CHECKING:
    from ..types import Field, Operation


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("cloud", metavar="CLOUD", help=endpoints.CLOUDS_IN_WORDS)
    parser.add_argument("operation", metavar="OPERATION", help="the vendor's name, such as SyncImages")
    parser.add_argument("--param", action="append", default=[], metavar="NAME=VALUE", help="a parameter under the vendor's own name; repeatable")
    parser.add_argument("--region", required=True, help="the region that is acted on; for a copy the source region")
    parser.add_argument("--project-id", help="Huawei: id of the project in that region")
    parser.add_argument("--domain-id", help="Huawei: id of the account, for IAM calls")
    parser.add_argument("--format", choices=("http", "curl", "json"), help="how to print the request (default: http)")
    parser.add_argument("--at", type=int, metavar="MS", help="sign for this moment, in milliseconds since 1970 (default: now)")
    parser.add_argument("--show-secrets", action="store_true", help="print signature and tokens")
    profiles.add_arguments(parser)
    endpoints.add_arguments(parser)


def run(options: argparse.Namespace, output: Output) -> int:
    table = find(options.cloud, options.operation)
    if output.form != "text" and options.format not in (None, "json"):
        raise Error(
            f"--format {options.format} and --output {output.form} are two forms of one result",
            code="format",
            hint="give one of them",
            hint_zh="请只给出其中一个",
        )
    params = parameters(table["fields"], options.param)
    at = endpoints.at(options, options.cloud, options.region)
    call = build(options.cloud, options.operation, params, at)  # type: ignore[call-overload]
    now_ms = time.time_ns() // 1_000_000 if options.at is None else options.at
    request = call.sign(profiles.Source(options, [options.cloud]).load(options.cloud), time_ms=now_ms)
    shown = request if options.show_secrets else request.redacted()
    form = "json" if output.form != "text" else options.format or "http"
    data = {"method": shown.method, "url": shown.url, "headers": dict(shown.headers), "body": shown.body}
    if form == "json":
        Output("json" if output.form == "text" else output.form, output.lang).result(data, "")
    else:
        print(http(shown) if form == "http" else curl(shown))
    return 0


def find(cloud: str, name: str) -> Operation:
    """The table of an operation."""
    known = operations(cloud)
    for table in known:
        if table["name"] == name:
            return table
    # The core says which was probably meant, or knows it by the last word of its path.
    asked: Any = check
    asked(cloud, name, {}, At(""))
    return next(table for table in known if table["path"].rpartition("/")[2] == name)


def parameters(table: Sequence[Field], given: Sequence[str]) -> Dict[str, Any]:
    """Parameters as the fields type them. What has no meaning is passed on: the rules name it."""
    fields = {field["name"]: field for field in table}
    params: Dict[str, Any] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise Error(f"--param {text!r} has no value", code="param", hint="write it like --param NAME=VALUE", hint_zh="写法为 --param 名称=值")
        field = fields.get(name)
        if field and field["shape"] in ("texts", "objects"):
            params.setdefault(name, []).extend(items(field, value))
        elif name in params:
            raise Error(f"--param {name} is given twice", code=f"param.{name}", hint="give it once", hint_zh=f"参数 {name} 只能出现一次")
        else:
            params[name] = scalar(field, value)
    return params


def scalar(field: Field | None, value: str) -> Any:
    """A text, number or truth value; a value that does not fit stays text, and the rules say what it should be."""
    if field and field["shape"] == "integer" and value.lstrip("-").isdecimal() and len(value) < 20:
        return int(value)
    if field and field["shape"] == "boolean" and value.lower() in ("true", "false"):
        return value.lower() == "true"
    return value


def items(field: Field, value: str) -> List[Any]:
    """Entries of a list: JSON when it looks like JSON, otherwise one text."""
    if not value.lstrip().startswith(("[", "{")):
        return [value]
    try:
        data = strict(value)
    except (ValueError, RecursionError):
        name = field["name"]
        raise Error(
            f"--param {name} is not JSON", code=f"param.{name}", hint=f"write it like {name}='[\"…\"]'", hint_zh=f"写法如 {name}='[\"…\"]'"
        ) from None
    return data if isinstance(data, list) else [data]


def http(request: Request) -> str:
    """The request as it goes over the wire."""
    from urllib.parse import urlsplit

    parts = urlsplit(request.url)
    names = {name.lower() for name, _ in request.headers}
    target = request.url.split(parts.netloc, 1)[1] or "/"
    host = [] if "host" in names else [f"Host: {parts.netloc}"]
    lines = [f"{request.method} {target} HTTP/1.1", *host, *(f"{name}: {value}" for name, value in request.headers)]
    if request.body:
        lines.append(f"Content-Length: {len(request.body.encode())}")
    return "\n".join([*lines, "", request.body]).rstrip("\n")


def curl(request: Request) -> str:
    """The request as a command for a shell. ``--globoff`` keeps curl from reading brackets as ranges."""
    words = ["curl", "--globoff", "--request", request.method, request.url]
    for name, value in request.headers:
        words += ["--header", f"{name}: {value}"]
    if request.body:
        words += ["--data-raw", request.body]
    return " ".join(map(shlex.quote, words))
