"""Options that say where calls go, shared by the commands that build requests."""

from __future__ import annotations

import argparse
from typing import Dict, List, Sequence, Tuple, get_args

from .. import At
from .._imgferry import is_loopback, shown_endpoint
from ..credentials import place
from ..error import Error
from ..words import Cloud

#: The names of the clouds, and the same in a sentence.
CLOUDS: Tuple[str, ...] = get_args(Cloud)
CLOUDS_IN_WORDS = f"{', '.join(CLOUDS[:-1])} or {CLOUDS[-1]}"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("where calls go")
    group.add_argument(
        "--endpoint", action="append", default=[], metavar="[CLOUD=]URL", help="another host for all calls of every cloud, or of one; repeatable"
    )
    group.add_argument(
        "--sign-host",
        choices=("endpoint", "official"),
        help="whether signatures name the host of --endpoint or the vendor's, which is then sent as the host header "
        "(default: the vendor's when the endpoint is on loopback, otherwise the endpoint's)",
    )
    add_trust(group)
    group.add_argument("--site", choices=("main", "international"), help="Tencent Cloud International and BytePlus are international (default: main)")
    group.add_argument(
        "--allow-http", action="append", default=[], metavar="HOST", help="a host that may be called without TLS; loopback always may"
    )


def add_trust(parser: argparse._ActionsContainer) -> None:
    parser.add_argument(
        "--trust-host",
        action="append",
        default=[],
        metavar="HOST",
        help="a host of the plan that may get requests which are signed for the vendor's own host; loopback always may; repeatable",
    )


def trusted(options: argparse.Namespace) -> List[str]:
    """The hosts that the command line trusts: by name, or by asking for both the host and the vendor's name in one breath."""
    if options.sign_host != "official":
        return [*options.trust_host]
    from urllib.parse import urlsplit

    named = [url.partition("=")[2] if "=" in url.partition("://")[0] else url for url in options.endpoint]
    asked = [urlsplit(url).hostname or "" for url in named]
    return [*options.trust_host, *asked]


def at(options: argparse.Namespace, cloud: str, region: str) -> At:
    """The place of a call of one cloud."""
    found = place(cloud)
    endpoint = endpoints(options.endpoint, options.allow_http).get(cloud)
    if options.sign_host and not endpoint:
        raise Error(
            f"--sign-host would change nothing: {cloud} has no --endpoint", code="usage", hint="leave --sign-host out", hint_zh="请去掉 --sign-host"
        )
    return At(
        region,
        site=options.site,
        endpoint=endpoint,
        sign_host=options.sign_host,
        project_id=options.project_id or found.get("project_id"),
        domain_id=options.domain_id or found.get("domain_id"),
    )


def endpoints(given: Sequence[str], allowed: Sequence[str]) -> Dict[str, str]:
    """The endpoint of every cloud that has one."""
    found: Dict[str, str] = {}
    for text in given:
        name, _, url = text.partition("=") if "=" in text.partition("://")[0] else ("", "", text)
        if name and name not in CLOUDS:
            raise refused(text, f"there is no cloud {name!r}", f"write it like tencent={url}", f"写法如 tencent={url}")
        check(url, allowed)
        found.update({name: url} if name else {cloud: url for cloud in CLOUDS if cloud not in found})
    return found


def check(url: str, allowed: Sequence[str]) -> None:
    """Refuses what would send keys' signatures over an open line without being told to."""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        raise refused(url, "it is not a URL", "write it like https://host:port", "写法如 https://host:port") from None
    if parts.scheme not in ("http", "https") or not host:
        raise refused(url, "it has no scheme or host", "write it like https://host:port or http://127.0.0.1:8080", "写法如 https://host:port")
    if "@" in parts.netloc:
        raise refused(url, "it must not hold a user or password", "write it like https://host:port", "写法如 https://host:port")
    if parts.scheme == "http" and not is_loopback(host) and host not in allowed:
        raise refused(url, "plain http would show every request on the way", f"use https, or --allow-http {host}", f"请使用 https，或加上 --allow-http {host}")


def refused(url: str, why: str, hint: str, hint_zh: str) -> Error:
    return Error(f"--endpoint {shown_endpoint(url)!r}: {why}", code="endpoint", hint=hint, hint_zh=hint_zh)
