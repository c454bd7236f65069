"""Every recorded signature, on every intermediate: through the library, in two halves, and through the command line."""

from __future__ import annotations

import json
from typing import Any, Dict

import imgferry
import pytest
from conftest import Cli
from vectors import PINNED, UNMET, Vector, all_vectors

VECTORS = all_vectors()
MET = [vector for vector in VECTORS if vector.id not in UNMET]


def arguments(line: Dict[str, Any]) -> Dict[str, Any]:
    return {
        **{name: line[name] for name in ("cloud", "method", "url", "headers", "body", "time_ms", "region", "service")},
        **line["options"],
    }


def differing(made: Any, vector: Vector) -> list[str]:
    """The intermediates that differ, first wrong one first."""
    return [name for name in PINNED if name in vector.expected and getattr(made, name) != vector.expected[name]]


@pytest.mark.parametrize("vector", MET, ids=[vector.id for vector in MET])
def test_signs_like_the_vendor(vector: Vector) -> None:
    credentials = imgferry.Credentials(**vector.line["credentials"])
    made = imgferry.sign(**arguments(vector.line), credentials=credentials)
    for name in differing(made, vector):
        assert getattr(made, name) == vector.expected[name], name


@pytest.mark.parametrize("vector", MET, ids=[vector.id for vector in MET])
def test_signs_in_two_halves(vector: Vector) -> None:
    key = vector.line["credentials"]
    prepared = imgferry.prepare(**arguments(vector.line), id=key["id"], token=key["token"])
    assert prepared.string_to_sign == vector.expected["string_to_sign"]
    made = imgferry.finish(prepared, imgferry.Credentials(**key))
    assert differing(made, vector) == []


@pytest.mark.parametrize("headers_as", ["object", "pairs"])
def test_command_line_signs_all(cli: Cli, headers_as: str) -> None:
    lines = []
    for vector in VECTORS:
        headers = vector.line["headers"]
        lines.append({"id": vector.id, **vector.line, "headers": headers if headers_as == "object" else [list(pair) for pair in headers.items()]})
    ran = cli("sign", "-", stdin="\n".join(map(json.dumps, lines)))
    assert (ran.code, ran.err) == (0, "")
    answers = [json.loads(line) for line in ran.out.splitlines()]
    assert [answer["id"] for answer in answers] == [vector.id for vector in VECTORS]
    for vector, answer in zip(VECTORS, answers):
        wrong = [name for name in PINNED if name in vector.expected and answer[name] != vector.expected[name]]
        assert bool(wrong) == (vector.id in UNMET), (vector.id, wrong)
        assert isinstance(answer["headers"], dict if headers_as == "object" else list)


def test_unmet_vectors_are_few_and_explained() -> None:
    known = {vector.id for vector in VECTORS}
    for id, reason in UNMET.items():
        print(f"unmet: {id}: {reason}")
        assert id in known
    assert len(VECTORS) == 317 and len(UNMET) == 6


#: Without the one that is signed at the epoch: no clock tells that time, and it is refused as one.
TIMELY = [vector for vector in MET if vector.line["time_ms"]]


@pytest.mark.parametrize("vector", TIMELY, ids=[vector.id for vector in TIMELY])
def test_what_was_signed_verifies_and_a_changed_byte_does_not(vector: Vector) -> None:
    line = vector.line
    credentials = imgferry.Credentials(**line["credentials"])
    given = arguments(line)
    given["signed_headers"] = None
    made = imgferry.sign(**given, credentials=credentials)

    def verdict(*, body: str = line["body"], host: str = "", late_ms: int = 0, key: str = credentials.id) -> str:
        headers = [(name, host if host and name.lower() == "host" else value) for name, value in made.headers]
        now_ms = line["time_ms"] + late_ms
        keys = {key: credentials}.get
        try:
            verified = imgferry.verify(line["cloud"], line["method"], made.url, headers=headers, body=body, now_ms=now_ms, keys=keys)
        except imgferry.Refused as refused:
            assert refused.kind == "auth" and refused.message
            return refused.reason
        assert verified["id"] == credentials.id
        return "ok"

    assert verdict() == "ok"
    assert verdict(late_ms=24 * 3_600_000) == "clock"
    assert verdict(key="AKIDEXAMPLEOTHER") == "unknown_key"
    assert verdict(host="gateway.example.com") == "signature"
    if not (given.get("unsigned_payload") or given.get("presign")):
        assert verdict(body=line["body"] + " ") in ("payload", "signature")


def test_a_diagnosis_names_what_differs() -> None:
    credentials = imgferry.Credentials("HWAKEXAMPLE", "EXAMPLE-SECRET-NOT-REAL", "EXAMPLE-TOKEN")
    url = "https://ims.cn-north-4.myhuaweicloud.com/v2/cloudimages?limit="
    ours, theirs = (imgferry.sign("huawei", "GET", url + limit, credentials=credentials, time_ms=1_700_000_000_000).canonical_request for limit in "12")
    found = imgferry.diagnose(ours, theirs)
    assert (found["component"], found["ours"], found["theirs"]) == ("query", "limit=1", "limit=2")
    assert found["cause"] and found["fix_zh"] and "EXAMPLE-TOKEN" not in str(found)
    assert imgferry.diagnose(ours, ours)["component"] == "secret"
    assert imgferry.diagnose(ours)["component"] == "unknown"
    body = '{"Response":{"Error":{"Code":"AuthFailure.SignatureExpire","Message":"late"},"RequestId":"r"}}'
    assert imgferry.diagnose(ours, body)["component"] == "clock"


def test_the_id_that_was_sent_is_no_new_image() -> None:
    body = '{"Response":{"ImageSet":[{"ImageId":"img-o3ycss2p","Region":"ap-guangzhou"}],"RequestId":"r"}}'
    for params, image in (({"ImageIds": ["img-o3ycss2p"]}, None), (None, "img-o3ycss2p")):
        facts: Any = imgferry.read("tencent", "SyncImages", 200, [], body, params=params)["facts"]
        assert facts["items"][0]["image"] == image
