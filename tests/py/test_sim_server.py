"""The simulator's server takes what anybody's client sends."""

from __future__ import annotations

import http.client
import json
from contextlib import closing
from typing import Iterator, List, Tuple

import imgferry
import imgferry.sim
import pytest

URL = "https://cvm.tencentcloudapi.com/"


@pytest.fixture
def server() -> Iterator[imgferry.sim.Server]:
    with imgferry.sim.Server() as server:
        yield server


def signed() -> imgferry.Request:
    at = imgferry.At("ap-guangzhou")
    call = imgferry.build("tencent", "DescribeImages", {"Limit": 1}, at)
    return call.sign(imgferry.sim.credentials()["tencent"], time_ms=imgferry.sim.now_ms())


def asked(server: imgferry.sim.Server, headers: List[Tuple[str, str]], body: bytes) -> Tuple[int, bytes]:
    """What is answered to a POST whose headers and body are sent as they stand."""
    with closing(http.client.HTTPConnection(server.url[len("http://") :], timeout=10)) as connection:
        connection.putrequest("POST", "/", skip_host=True, skip_accept_encoding=True)
        for name, value in [("Host", "cvm.tencentcloudapi.com"), *headers]:
            connection.putheader(name, value)
        connection.endheaders()
        connection.send(body)
        answer = connection.getresponse()
        return answer.status, answer.read()


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_chunked_bodies_are_read(server: imgferry.sim.Server, size: int) -> None:
    request = signed()
    whole = request.body.encode()
    parts = [whole[start : start + size] for start in range(0, len(whole), size)]
    body = b"".join(b"%x;note=1\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\nTrailer: x\r\n\r\n"
    status, answer = asked(server, [*request.headers, ("Transfer-Encoding", "chunked")], body)
    assert status == 200 and json.loads(answer)["Response"]["TotalCount"] > 0, answer


@pytest.mark.parametrize("body", [b"zz\r\n{}\r\n0\r\n\r\n", b"\r\n", b"ffffffff\r\n", b"-1\r\n"])
def test_broken_chunks_are_refused(server: imgferry.sim.Server, body: bytes) -> None:
    assert asked(server, [*signed().headers, ("Transfer-Encoding", "chunked")], body)[0] == 413
