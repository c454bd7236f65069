"""Certificates of every fault: the request never leaves, the run ends at once, and one next step mends it."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import ssl
import time
from pathlib import Path
from typing import Any, Callable, Dict, Iterator

import aiohttp
import httpx
import imgferry
import pytest
import requests
import urllib3
from certificates import Authority
from conftest import Cli, Listen, afresh
from imgferry import At, Request, adapters, build, sim, transport
from imgferry.journal import Journal

#: By its fault: what is told, and the next step in two languages.
TOLD = {
    "expired": ("certificate has expired", "renewed", "更新接入地址的证书"),
    "not yet valid": ("certificate is not yet valid", "set this machine's clock", "校准本机时钟"),
    "another name": ("mismatch", "by a name that its certificate holds", "证书所含的域名"),
    "self-signed": ("self-signed", "SSL_CERT_FILE", "SSL_CERT_FILE"),
    "incomplete chain": ("unable to get local issuer", "send its whole chain", "发送完整证书链"),
}


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, authority: Authority) -> Iterator[None]:
    """No proxy of this machine; the authority is trusted."""
    for name in list(os.environ):
        if name.lower().endswith("_proxy") or name in ("SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.root))
    transport.trust.cache_clear()
    yield
    transport.trust.cache_clear()


@pytest.fixture
def serve(listen: Listen) -> Callable[[ssl.SSLContext], int]:
    """Answers every request over TLS; gives the port."""

    def start(context: ssl.SSLContext) -> int:
        def answer(connection: socket.socket) -> None:
            with context.wrap_socket(connection, server_side=True) as opened:
                came = b""
                while not came.endswith(b"{}") and (part := opened.recv(65_536)):
                    came += part
                opened.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

        return int(listen(answer).rpartition(":")[2])

    return start


def request(port: int) -> Request:
    call = build("tencent", "DescribeRegions", {}, At("ap-guangzhou", endpoint=f"https://127.0.0.1:{port}"))
    return call.sign(sim.credentials()["tencent"], time_ms=1_767_225_600_000)


def trusting() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=os.environ["SSL_CERT_FILE"])


def by_httpx(request: Request, timeout_ms: int) -> Any:
    with httpx.Client(verify=trusting()) as client:
        return adapters.httpx(client)(request, timeout_ms)


def by_httpx_async(request: Request, timeout_ms: int) -> Any:
    async def ask() -> Any:
        async with httpx.AsyncClient(verify=trusting()) as client:
            return await adapters.httpx_async(client)(request, timeout_ms)

    return asyncio.run(ask())


def by_aiohttp(request: Request, timeout_ms: int) -> Any:
    async def ask() -> Any:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=trusting())) as session:
            return await adapters.aiohttp(session)(request, timeout_ms)

    return asyncio.run(ask())


def by_requests(request: Request, timeout_ms: int) -> Any:
    with requests.Session() as session:
        # A session takes the authority from this variable alone.
        os.environ["REQUESTS_CA_BUNDLE"] = os.environ["SSL_CERT_FILE"]
        try:
            return adapters.requests(session)(request, timeout_ms)
        finally:
            del os.environ["REQUESTS_CA_BUNDLE"]


def by_urllib3(request: Request, timeout_ms: int) -> Any:
    return adapters.urllib3(urllib3.PoolManager(ca_certs=os.environ["SSL_CERT_FILE"]))(request, timeout_ms)


SENDERS = {
    "command line": afresh,
    "package": transport.send,
    "httpx": by_httpx,
    "httpx_async": by_httpx_async,
    "aiohttp": by_aiohttp,
    "requests": by_requests,
    "urllib3": by_urllib3,
}


@pytest.mark.parametrize("send", SENDERS.values(), ids=SENDERS)
@pytest.mark.parametrize("fault", TOLD)
def test_every_sender_tells_which_fault_it_is(
    authority: Authority, serve: Callable[[ssl.SSLContext], int], send: Callable[[Request, int], Any], fault: str
) -> None:
    told, cause = send(request(serve(authority.context(fault))), 5_000)
    assert told == "blocked" and TOLD[fault][0] in cause and "certificate" in cause, (told, cause)


@pytest.mark.parametrize("send", SENDERS.values(), ids=SENDERS)
def test_a_good_one_is_good(authority: Authority, serve: Callable[[ssl.SSLContext], int], send: Callable[[Request, int], Any]) -> None:
    assert send(request(serve(authority.context("none"))), 5_000)[0] == 200


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("fault", TOLD)
def test_the_run_ends_at_once_with_one_next_step(
    cli: Cli, authority: Authority, serve: Callable[[ssl.SSLContext], int], fault: str, lang: str
) -> None:
    port = serve(authority.context(fault))
    given = ["--cloud", "tencent", "--image", "img-o3ycss2p", "--from", "ap-guangzhou", "--to", "ap-shanghai", "--name", "golden"]
    began = time.monotonic()
    ran = cli("copy", *given, "--endpoint", f"https://127.0.0.1:{port}", "--journal", "j", "--lang", lang, env={"SSL_CERT_FILE": str(authority.root)})
    assert ran.code == 5 and time.monotonic() - began < 60, ran.err
    cause, *steps = TOLD[fault]
    assert f"127.0.0.1:{port}" in ran.out and cause in ran.out and ran.out.count(steps[lang == "zh"]) == 1, ran.out
    # What is read from the journal later says the same, and blames no cloud.
    (told,) = json.loads(cli("explain", "j", "--output", "json").out)
    assert (told["code"], told["owner"], told["retry"]) == ("transport.blocked", "caller", "never")
    assert steps[0] in told["next"] and steps[1] in told["next_zh"] and "doctor" in told["command"]


def test_the_doctor_tells_the_same(cli: Cli, authority: Authority, serve: Callable[[ssl.SSLContext], int]) -> None:
    for fault, (cause, en, zh) in TOLD.items():
        port = serve(authority.context(fault))
        ran = cli("doctor", "tencent", "--endpoint", f"https://127.0.0.1:{port}", "--output", "json", env={"SSL_CERT_FILE": str(authority.root)})
        found: Dict[str, Any] = next(one for one in json.loads(ran.out) if one["status"] == "fault")
        assert ran.code == 5 and found["check"] == "tls" and cause in found["message"] and en in found["next"] and zh in found["next_zh"], found


def test_a_certificate_that_runs_out_in_mid_run_leaves_what_was_launched(tmp_path: Path) -> None:
    plan = {
        "copies": [{"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "to": ["ap-shanghai"], "name": "golden"}],
        "policy": {"poll": "100ms", "settle": "300ms"},
    }
    with sim.Server({"copy_ms": 500}) as server:
        plan["clouds"] = {"tencent": {"endpoint": server.url}}

        def send(request: Request, timeout_ms: int) -> Any:
            if any(call["action"] == "SyncImages" for call in server.world.ledger()["calls"]):
                return "blocked", "the certificate is not trusted: certificate has expired"
            return transport.send(request, timeout_ms)

        report = imgferry.copy(plan, sim.credentials(), journal=tmp_path / "j", send=send)
        assert report["exit_code"] == 6 and report["rows"][0]["state"] == "unfinished" and report["rows"][0]["launches"] == 1
        assert "renewed" in report["rows"][0]["error"]["hint"]
        journal, job = Journal.resume(tmp_path / "j", now_ms=sim.now_ms())
        with journal:
            assert imgferry.run(job, sim.credentials(), journal=journal)["counts"] == {"ready": 1}
        assert [len(lane["images"]) for lane in server.world.ledger()["lanes"]] == [1]
