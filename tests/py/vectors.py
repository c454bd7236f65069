"""The signing vectors as lines for `imgferry sign -`: one line for every recording, with what it must give."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Dict, Iterator, List, NamedTuple, Optional
from urllib.parse import quote

FOLDER = Path(__file__).parents[1] / "vectors"
PINNED = ("canonical_request", "string_to_sign", "signature", "authorization", "signed_headers")


class Vector(NamedTuple):
    id: str
    line: Dict[str, Any]
    expected: Dict[str, str]


#: Recordings that imgferry does not reproduce, and why.
UNMET = {
    "volcengine/pub-012/js_sdk_core_client": "keeps the default port in the canonical host; the vendor's Python and Go signers drop it",
    "volcengine/pub-p03/volcengine_legacy": "signs the token in the query; the vendor's newer Python signer and its Go signer do not",
    **{
        f"volcengine/pub-p0{number}/js_openapi_signer": "leaves X-SignedQueries out of the canonical query; all other signers keep it"
        for number in (1, 2, 3, 4)
    },
}


def all_vectors() -> List[Vector]:
    return [*tencent(), *volcengine(), *huawei()]


def tencent() -> Iterator[Vector]:
    for case in load("tencent")["cases"]:
        given, expected = case["input"], case["expected"]
        line = {
            "cloud": "tencent",
            "method": given["method"],
            "url": f"https://{given['host']}{expected['request_target']}",
            # The date and the token are left out: they must be added.
            "headers": without(expected["headers"], "Authorization", "X-TC-Timestamp", "X-TC-Token"),
            "body": expected["body"] or "",
            "time_ms": given["timestamp"] * 1000,
            "region": given["region"],
            "service": given["service"],
            "credentials": {"id": given["secret_id"], "secret": given["secret_key"], "token": given["token"]},
            "options": {"signed_headers": expected["signed_headers"].split(";"), "unsigned_payload": given["unsigned_payload"]},
        }
        yield Vector(f"tencent/{case['id']}", line, pick(expected))


def volcengine() -> Iterator[Vector]:
    data = load("volcengine")
    for case in [*data["cases"], *data["published_examples"]]:
        given = case["input"]
        presign = case.get("kind") == "presign"
        for recorder, expected in case["expected"].items():
            if "canonical_request" not in expected:
                continue
            line = {
                "cloud": "volcengine",
                "method": given["method"],
                "url": f"{given.get('scheme', 'https')}://{given['host']}{given['path']}?{query(given) if presign else expected['canonical_query']}",
                "headers": without(expected.get("headers", {}), "Authorization", "X-Date", "X-Content-Sha256", "X-Security-Token"),
                "body": expected.get("body") or "",
                "time_ms": milliseconds(given["timestamp"]),
                "region": given["region"],
                "service": given["service"],
                "credentials": {"id": given["access_key"], "secret": given["secret_key"], "token": given["token"]},
                "options": {"presign": presign, "signed_headers": signed(expected)},
            }
            yield Vector(f"volcengine/{case['id']}/{recorder}", line, pick(expected))


def huawei() -> Iterator[Vector]:
    for case in load("huawei")["vectors"]:
        given, expected = case["input"], case["expected"]
        text = "&".join(f"{quote(key, safe='')}={quote(value, safe='')}" for key, value in given["query"])
        headers = dict(given["headers"])
        for name, value in (("X-Project-Id", given["project_id"]), ("X-Domain-Id", given["domain_id"])):
            if value and name.lower() in expected["signed_headers"].split(";"):
                headers.setdefault(name, value)
        line = {
            "cloud": "huawei",
            "method": given["method"],
            "url": f"{given['scheme']}://{given['host']}{given['path']}{'?' if text else ''}{text}",
            "headers": headers,
            "body": given["body"] or "",
            "time_ms": given["timestamp_unix"] * 1000,
            "region": given["region"],
            "service": given["derived_service"] or "ims",
            "credentials": {"id": given["ak"], "secret": given["sk"], "token": given["security_token"]},
            "options": {
                "signed_headers": expected["signed_headers"].split(";"),
                "unsigned_payload": expected["payload_hash"] == "UNSIGNED-PAYLOAD",
                "derived": case["algorithm"].startswith("V11"),
            },
        }
        yield Vector(f"huawei/{case['id']}", line, pick(expected))


def load(cloud: str) -> Any:
    return json.loads((FOLDER / f"{cloud}.json").read_text(encoding="utf-8"))


def without(headers: Dict[str, str], *names: str) -> Dict[str, str]:
    dropped = {name.lower() for name in names}
    return {name: value for name, value in headers.items() if name.lower() not in dropped}


def pick(expected: Dict[str, Any]) -> Dict[str, str]:
    return {name: expected[name] for name in PINNED if expected.get(name) is not None}


def signed(expected: Dict[str, Any]) -> List[str]:
    """The signed headers of a recording; a presigned one tells them on the last line but one of its canonical request."""
    names: Optional[str] = expected.get("signed_headers")
    if names is None:
        names = expected["canonical_request"].split("\n")[-2]
    return [name for name in names.split(";") if name]


def query(given: Dict[str, Any]) -> str:
    pairs = [*given["flat_params"], ["Action", given["action"]], ["Version", given["version"]]]
    return "&".join(f"{quote(key, safe='~')}={quote(value, safe='~')}" for key, value in pairs)


def milliseconds(text: str) -> int:
    at = datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)
    return int(at.timestamp()) * 1000
