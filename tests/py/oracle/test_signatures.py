"""Our signatures are the vendors' own: the clients run up to the socket, we sign what they would have sent.

The clock stands still and the signed headers are theirs. Everything comes from seeds, so a failure can be had again.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Optional, Tuple
from unittest.mock import patch
from urllib.parse import parse_qsl, urlencode, urlsplit

import imgferry
import pytest
from frozen import Clock, clock as clock
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from random_requests import HOSTS, REGIONS, Dice
from vendors import Key, Wire, caught_huawei, caught_tencent, caught_volcengine, huawei, huawei_credentials, tencent, volcengine
from volcenginesdkcore import UniversalApi, UniversalInfo
from volcenginesdkcore.signv4 import SignerV4

#: Random requests per cloud, in as many tests as there are seeds.
SEEDS, EACH = range(8), 260
assert len(SEEDS) * EACH >= 2_000


def ours(cloud: str, wire: Wire, key: Key, clock: Clock, region: str, service: str, **options: Any) -> imgferry.Signed:
    """The same request, signed by us; the signature and what the scheme adds are made anew."""
    added = {"authorization", "x-tc-timestamp", "x-tc-token", "x-date", "x-sdk-date", "x-security-token", "x-content-sha256"}
    headers = {name: value for name, value in wire.headers.items() if name.lower() not in added}
    return imgferry.sign(
        cloud,  # type: ignore[arg-type]
        wire.method,
        wire.url,
        headers=headers,
        body=wire.body,
        credentials=imgferry.Credentials(*key),
        time_ms=clock.ms,
        region=region,
        service=service,
        signed_headers=wire.signed_headers,
        **options,
    )


def verified(cloud: str, wire: Wire, key: Key, clock: Clock) -> None:
    """What the vendor's client signed is good in our eyes, and no longer so after a byte of it is changed."""
    keys = {key.id: imgferry.Credentials(*key)}.get
    assert imgferry.verify(cloud, wire.method, wire.url, headers=wire.headers, body=wire.body, now_ms=clock.ms, keys=keys)["id"] == key.id  # type: ignore[arg-type]
    other = {key.id: imgferry.Credentials(key.id, key.secret + "x", key.token)}.get
    with pytest.raises(imgferry.Refused) as refused:
        imgferry.verify(cloud, wire.method, wire.url, headers=wire.headers, body=wire.body, now_ms=clock.ms, keys=other)  # type: ignore[arg-type]
    assert refused.value.reason == "signature"


@pytest.mark.parametrize("seed", SEEDS)
def test_tencent(seed: int, clock: Clock) -> None:
    dice = Dice(f"tencent-{seed}")
    for _ in range(EACH):
        key, region, clock.seconds = dice.key(), dice.choice(REGIONS), dice.seconds()
        host, method, unsigned = dice.choice(HOSTS["tencent"]), dice.pick("POST", "POST", "GET"), dice.random() < 0.15
        service = dice.pick("", "", "region", "sts", "tag")
        client = tencent(key, region, host, method=method, service=service, unsigned=unsigned, scheme=dice.pick("http", "https"), language=dice.pick("zh-CN", "en-US"))
        wire = caught_tencent(client, tencent_call(dice, method))
        signed = ours("tencent", wire, key, clock, region, service or "cvm", unsigned_payload=unsigned and bool(wire.body))
        assert signed.authorization == wire.authorization, wire
        assert signed.url == wire.url
        verified("tencent", wire, key, clock)


def tencent_call(dice: Dice, method: str) -> Callable[[Any], Any]:
    """JSON as a rule; on POST also forms with files and raw bytes, which only sign another content type and other bytes."""
    action, params = dice.pick("SyncImages", "DescribeImages", f"A{dice.word()}"), dice.params()
    kind = dice.choice(["json"] * 6 + ["multipart", "bytes"]) if method == "POST" else "json"
    if kind == "multipart":
        form = {"file": dice.randbytes(20), **{f"n{dice.word()}": dice.pick(dice.text(), [dice.text()]) for _ in range(dice.randint(0, 3))}}
        return lambda client: client.call_json(action, form, options={"IsMultipart": True, "BinaryParams": ["file"]})
    if kind == "bytes":
        content = dice.randbytes(dice.randint(0, 200))
        return lambda client: client.call_octet_stream(f"{action}", {}, content)
    return lambda client: client.call_json(action, params)


@pytest.mark.parametrize("seed", SEEDS)
def test_volcengine(seed: int, clock: Clock) -> None:
    dice = Dice(f"volcengine-{seed}")
    for _ in range(EACH):
        key, region, clock.seconds = dice.key(), dice.choice(REGIONS), dice.seconds()
        client = volcengine(key, region, dice.choice(HOSTS["volcengine"]), scheme=dice.pick("http", "https"))
        for name, value in dice.header_values().items():
            if value.isascii():
                client.api_client.set_default_header(name, value)
        service = dice.pick("ecs", "ecs", "sts", "storage_ebs")
        method, content_type = dice.pick(("GET", "text/plain"), ("GET", "text/plain"), ("POST", "application/x-www-form-urlencoded"), ("POST", "application/json"))
        info = UniversalInfo(method=method, service=service, version="2020-04-01", action=dice.pick("CopyImage", f"A{dice.word()}"), content_type=content_type)
        params = dice.params()
        wire = caught_volcengine(client, lambda client: UniversalApi(client.api_client).do_call(info, params))
        signed = ours("volcengine", wire, key, clock, region, service)
        assert signed.authorization == wire.authorization, wire
        verified("volcengine", Wire(wire.method, signed.url, wire.headers, wire.body), key, clock)


@pytest.mark.parametrize("seed", SEEDS)
def test_huawei(seed: int, clock: Clock) -> None:
    dice = Dice(f"huawei-{seed}")
    clients = {host: huawei(Key("HWAKEXAMPLE", "EXAMPLE"), None, host, scheme=scheme) for host in HOSTS["huawei"] for scheme in ("http", "https")}
    for _ in range(EACH):
        key, region, clock.seconds = dice.key(), dice.choice(REGIONS), dice.seconds()
        client = clients[dice.choice(HOSTS["huawei"])]
        derived = dice.random() < 0.2
        client.with_credentials(huawei_signer(key, dice.maybe(f"{dice.getrandbits(128):032x}"), region if derived else None))
        wire = caught_huawei(client, huawei_call(dice))
        unsigned = wire.headers.get("X-Sdk-Content-Sha256") == "UNSIGNED-PAYLOAD"
        signed = ours("huawei", wire, key, clock, region, "ims", unsigned_payload=unsigned, derived=derived)
        assert signed.authorization == wire.authorization, wire
        verified("huawei", wire, key, clock)


def huawei_signer(key: Key, project_id: Optional[str], derived_region: Optional[str]) -> BasicCredentials:
    credentials = huawei_credentials(key, project_id)
    if derived_region:
        credentials.with_derived_predicate(lambda _: True)._process_derived_auth_params("ims", derived_region)
    return credentials


def huawei_call(dice: Dice) -> Callable[[Any], Any]:
    method = dice.pick("GET", "GET", "POST", "PUT", "PATCH", "DELETE")
    query: List[Tuple[str, Any]] = [*dice.texts().items(), *dice.pick([], [("limit", dice.randint(0, 500)), ("protected", True)])]
    if dice.random() < 0.2:
        query.append(("tag", [dice.text(), dice.text()]))
    headers: Dict[str, str] = {"Content-Type": dice.pick("application/json", "application/json;charset=utf-8", "text/plain"), **dice.header_values()}
    body: Any = None
    if method in ("POST", "PUT", "PATCH"):
        body = dice.pick(dice.params() or {"a": 1}, [{"op": "replace", "path": "/name", "value": dice.text()}], dice.text())
    path = dice.pick("/v1/cloudimages/{image_id}/cross_region_copy", "/v2/cloudimages", "/v1/{image_id}/jobs/{name}", "/v2.1/a~b/", "/")
    ids = {"image_id": dice.pick("465076de-dc36-4aec-80f5-ef9d8009428f", f"id{dice.text()}"), "name": dice.word()}
    return lambda client: client.do_http_request(
        method, path, path_params=ids, query_params=query, header_params=headers, body=body, response_headers=[], collection_formats={}
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_volcengine_presigned(seed: int, clock: Clock) -> None:
    dice = Dice(f"presigned-{seed}")
    for _ in range(EACH):
        key, region, host, clock.seconds = dice.key(), dice.choice(REGIONS), dice.choice(HOSTS["volcengine"]), dice.seconds()
        query = {name: value for name, value in dice.texts().items() if ";" not in name}
        # No client sends the default port.
        theirs = SignerV4.sign_url("/", "GET", query, key.id, key.secret, region, "ecs", key.token, host.replace(":443", ""))
        signed = imgferry.sign(
            "volcengine",
            "GET",
            f"https://{host}/?{urlencode(query)}",
            credentials=imgferry.Credentials(*key),
            time_ms=clock.ms,
            region=region,
            service="ecs",
            presign=True,
        )
        assert pairs(signed.url) == sorted(parse_qsl(theirs, keep_blank_values=True))


def pairs(url: str) -> List[Tuple[str, str]]:
    return sorted(parse_qsl(urlsplit(url).query, keep_blank_values=True))


# Where the vendors' own clients sign something else than they send, or than their cloud expects. What is asserted is
# that they still do, and that what we sign instead is what the cloud verifies.


def test_difference_tencent_signs_the_host_in_the_case_it_was_given(clock: Clock) -> None:
    """The scheme puts values in lower case; the client signs the endpoint as its user wrote it."""
    key = Key("AKIDEXAMPLE", "EXAMPLE-SECRET")
    upper, lower = (caught_tencent(tencent(key, "ap-guangzhou", host), lambda client: client.call_json("DescribeRegions", {})) for host in ("CVM.example", "cvm.example"))
    assert upper.authorization != lower.authorization
    assert ours("tencent", upper, key, clock, "ap-guangzhou", "cvm").authorization == lower.authorization


def test_difference_volcengine_signs_white_space_that_does_not_travel(clock: Clock) -> None:
    """HTTP drops white space around a header's value; the client signs it."""
    key = Key("AKLTEXAMPLE", "EXAMPLE-SECRET")
    wires = []
    for value in (" spaced ", "spaced"):
        client = volcengine(key, "cn-beijing", "127.0.0.1:8080")
        client.api_client.set_default_header("X-Source", value)
        info = UniversalInfo(method="GET", service="ecs", version="2020-04-01", action="DescribeRegions", content_type="text/plain")
        with patch("uuid.uuid4", return_value="00000000-0000-4000-8000-000000000000"):
            wires.append(caught_volcengine(client, lambda client: UniversalApi(client.api_client).do_call(info, {})))
    spaced, plain = wires
    assert spaced.authorization != plain.authorization
    assert ours("volcengine", spaced, key, clock, "cn-beijing", "ecs").authorization == plain.authorization


def test_difference_volcengine_leaves_headers_in_lower_case_unsigned(clock: Clock) -> None:
    """The client looks for a capital X; a signer that is told which headers to sign does not care."""
    client = volcengine(Key("AKLTEXAMPLE", "EXAMPLE-SECRET"), "cn-beijing", "127.0.0.1:8080")
    client.api_client.set_default_header("x-source", "here")
    info = UniversalInfo(method="GET", service="ecs", version="2020-04-01", action="DescribeRegions", content_type="text/plain")
    wire = caught_volcengine(client, lambda client: UniversalApi(client.api_client).do_call(info, {}))
    assert wire.headers["x-source"] == "here" and "x-source" not in wire.signed_headers


@pytest.mark.parametrize("id", [".", ".."])
def test_difference_huawei_signs_dots_that_its_http_library_removes(id: str, clock: Clock) -> None:
    """An id of dots is signed as a segment; the library takes it for a step in the path and sends another one."""
    key = Key("HWAKEXAMPLE", "EXAMPLE-SECRET")
    call = lambda client: client.do_http_request("GET", "/v2/images/{image_id}", path_params={"image_id": id}, response_headers=[], collection_formats={})  # noqa: E731
    wire = caught_huawei(huawei(key, None, "127.0.0.1:8080"), call)
    assert id not in urlsplit(wire.url).path.split("/")
    assert ours("huawei", wire, key, clock, "cn-north-4", "ims").authorization != wire.authorization
    found = imgferry.check("huawei", "ShowImage", {"image_id": id}, imgferry.At("cn-north-4"))
    assert any(problem["path"] == "image_id" and problem["severity"] == "error" for problem in found)
