"""What we build says what the vendors' clients say: for every recorded set of parameters, both are built and compared."""

from __future__ import annotations

import json
from typing import Any, Dict, List, Tuple
from urllib.parse import parse_qsl, urlsplit

import imgferry
import pytest
from exchanges import all_exchanges
from operations import call
from vendors import Key, Wire, caught_huawei, caught_tencent, caught_volcengine, huawei, tencent, volcengine

KEY = Key("AKEXAMPLE", "EXAMPLE-SECRET-NOT-REAL")
RECORDED = [exchange for exchange in all_exchanges() if "params" in exchange]


def ours(exchange: Dict[str, Any]) -> Wire:
    at = exchange["at"]
    names = {"edition": "site"}
    place = imgferry.At(**{names.get(name, name): value for name, value in at.items() if name != "endpoint"})
    made = imgferry.build(exchange["cloud"], exchange["operation"], exchange["params"], place).request
    return Wire(made.method, made.url, dict(made.headers), made.body.encode())


def theirs(exchange: Dict[str, Any], host: str) -> Wire:
    cloud, operation, region = exchange["cloud"], exchange["operation"], exchange["at"]["region"]
    make = lambda client: call(client, cloud, operation, exchange["params"])  # noqa: E731
    if cloud == "tencent":
        return caught_tencent(tencent(KEY, region, host), make)
    if cloud == "volcengine":
        return caught_volcengine(volcengine(KEY, region, host), make)
    project_id = exchange["params"].get("project_id") if operation != "UpdateImageMembers" else None
    return caught_huawei(huawei(KEY, project_id or exchange["at"].get("project_id"), host), make)


def meaning(cloud: str, wire: Wire) -> Dict[str, Any]:
    """What a cloud reads out of a request."""
    url = urlsplit(wire.url)
    pairs: List[Tuple[str, str]] = parse_qsl(url.query, keep_blank_values=True)
    told: Dict[str, Any] = {"path": url.path}
    if cloud == "tencent":
        return {**told, "method": wire.method, "body": json.loads(wire.body), **kept(wire, "x-tc-action", "x-tc-version", "x-tc-region")}
    if cloud == "volcengine":  # its cloud takes a form as well as a query
        return {**told, "params": sorted(pairs + parse_qsl(wire.body.decode(), keep_blank_values=True))}
    return {**told, "method": wire.method, "query": sorted(pairs), "body": json.loads(wire.body or b"null"), **kept(wire, "x-project-id")}


def kept(wire: Wire, *names: str) -> Dict[str, str]:
    return {name.lower(): value for name, value in wire.headers.items() if name.lower() in names}


@pytest.mark.parametrize("exchange", RECORDED, ids=[f"{exchange['cloud']}-{exchange['id']}" for exchange in RECORDED])
def test_says_what_the_vendor_says(exchange: Dict[str, Any]) -> None:
    made = ours(exchange)
    assert meaning(exchange["cloud"], made) == meaning(exchange["cloud"], theirs(exchange, urlsplit(made.url).netloc))
