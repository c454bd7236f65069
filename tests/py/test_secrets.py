"""No secret is ever shown: not raw, not in base64, hex or percent-encoding, not escaped as JSON."""

from __future__ import annotations

import base64
import json
import random
import string
from typing import Dict, Iterator, List
from urllib.parse import quote, quote_plus

import imgferry
import pytest
from conftest import Cli
from imgferry import credentials

#: Everything that may stand in a key, with more weight on what JSON, shells and URLs treat specially.
ALPHABET = string.ascii_letters + string.digits + "\"\\'`$%+/=&?#<>{}[]|~^;,:!*()@-_." * 3


def secret(seed: int, length: int) -> str:
    return "".join(random.Random(seed).choices(ALPHABET, k=length))


def disguises(text: str) -> Iterator[str]:
    raw = text.encode()
    yield text
    yield json.dumps(text)[1:-1]
    yield repr(text)[1:-1]
    yield quote(text, safe="")
    yield quote_plus(text)
    yield raw.hex()
    yield raw.hex().upper()
    # A base64 text looks different at each of three offsets, and at its ends.
    for skip in range(3):
        yield base64.b64encode(raw[skip : skip + (len(raw) - skip) // 3 * 3]).decode()


def assert_hidden(shown: str, secrets: List[str]) -> None:
    for text in secrets:
        for disguise in disguises(text):
            assert disguise not in shown


CALLS = {
    "tencent": ("SyncImages", {"ImageIds": ["img-12345678"], "DestinationRegions": ["ap-shanghai"]}, "ap-guangzhou"),
    "volcengine": ("DescribeImages", {"ImageIds": ["image-1"]}, "cn-beijing"),
    "huawei": ("ShowImageQuota", {}, "cn-north-4"),
}


@pytest.mark.parametrize("seed", range(100))
@pytest.mark.parametrize("cloud", CALLS)
def test_library_hides(cloud: str, seed: int) -> None:
    key, token = secret(seed, 32), secret(seed + 10_000, 200)
    held = imgferry.Credentials("KEYEXAMPLE", key, token)
    operation, params, region = CALLS[cloud]
    at = imgferry.At(region, project_id="0123456789abcdef0123456789abcdef")
    request = imgferry.build(cloud, operation, params, at).sign(held, time_ms=1_700_000_000_000)  # type: ignore[call-overload]
    signed = imgferry.sign(cloud, request.method, request.url, credentials=held, time_ms=1_700_000_000_000, region=region, service="s")
    prepared = imgferry.prepare(cloud, request.method, request.url, id=held.id, token=token, time_ms=1_700_000_000_000, region=region, service="s")
    shown = f"{held!r} {request!r} {request.redacted().url} {request.redacted().headers} {signed!r} {prepared!r} {at!r}"
    assert_hidden(shown, [key, token])
    assert_hidden(str(vars(request) if hasattr(request, "__dict__") else dir(request)), [key, token])
    # What is sent holds the token, for the cloud to see, but never the secret.
    assert_hidden(f"{request.url} {request.headers} {request.body} {signed.canonical_request} {signed.string_to_sign}", [key])
    for wrong in (held.id, f" {key}", f"{key}\n", f"{key}\u00e9", ""):
        with pytest.raises(imgferry.Error) as caught:
            imgferry.Credentials(held.id, wrong, token)
        assert_hidden(f"{caught.value} {caught.value.as_dict()}", [key, token])
    other = imgferry.Credentials("KEYEXAMPLE", secret(seed + 20_000, 32), token)
    with pytest.raises(imgferry.Refused) as refused:
        imgferry.verify(
            cloud, request.method, signed.url, headers=signed.headers, body="", now_ms=1_700_000_000_000, keys=lambda id: other, region=region, service="s"
        )
    assert_hidden(f"{refused.value} {refused.value!r}", [key, token])


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("cloud", CALLS)
def test_command_line_hides(cli: Cli, cloud: str, seed: int) -> None:
    key, token = secret(seed, 32), secret(seed + 10_000, 64)
    names = credentials.ENVIRONMENT[cloud][0]
    env: Dict[str, str] = {names.id: "KEYEXAMPLE", names.secret: key, names.tokens[0]: token}
    operation, params, region = CALLS[cloud]
    given = [word for name, value in params.items() for word in ("--param", f"{name}={json.dumps(value)}")]
    base = ["request", cloud, operation, "--region", region, *given]
    for arguments in (
        base,
        [*base, "--format", "curl"],
        [*base, "--format", "json"],
        [*base, "--output", "jsonl"],
        [*base, "--param", "Wrong=1"],
        [*base, "--endpoint", "nowhere"],
    ):
        ran = cli(*arguments, env=env)
        assert ran.code in (0, 5)
        assert_hidden(ran.out + ran.err, [key, token])
    ran = cli(*base, env={**env, names.secret: f"{key} "})
    assert ran.code == 5
    assert_hidden(ran.out + ran.err, [key, token])
    line = {"cloud": cloud, "method": "GET", "url": "https://h.example.com/", "time_ms": 0, "region": region, "service": "s"}
    lines = [
        {**line, "credentials": {"id": "KEYEXAMPLE", "secret": key}},
        {**line, "credentials": {"id": "KEYEXAMPLE", "secret": f"{key}\n", "token": token}},
        {**line, "credentials": {"id": "KEYEXAMPLE", "secret": [key], "token": {"t": token}}},
        {**line, "credentials": [key]},
        {**line, "url": "nowhere", "credentials": {"id": "KEYEXAMPLE", "secret": key, "token": token}},
    ]
    ran = cli("sign", "-", stdin="\n".join(map(json.dumps, lines)))
    assert_hidden(ran.out + ran.err, [key, token])
    ran = cli("verify", "-", stdin="\n".join(map(json.dumps, lines)))
    assert_hidden(ran.out + ran.err, [key, token])
    # A line that is cut off in the middle of the secret is not quoted either.
    ran = cli("sign", "-", stdin='{"credentials": {"secret": ' + json.dumps(key))
    assert_hidden(ran.out + ran.err, [key, token])
