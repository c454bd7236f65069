"""What is told of a request that goes by a proxy, by every sender: the command line's, the package's own, and clients of users' own."""

from __future__ import annotations

import asyncio
import os
import socket
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Tuple

import aiohttp
import httpx
import pytest
import requests
import urllib3
from conftest import Cli, Listen, Talk, afresh
from imgferry import At, Request, adapters, build, sim, transport

VENDOR = "https://vendor.invalid"


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No proxy of this machine."""
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    yield


def request(endpoint: str) -> Request:
    call = build("tencent", "DescribeRegions", {}, At("ap-guangzhou", endpoint=endpoint))
    return call.sign(sim.credentials()["tencent"], time_ms=1_767_225_600_000)


def by_httpx_async(request: Request, timeout_ms: int) -> Any:
    async def ask() -> Any:
        async with httpx.AsyncClient() as client:
            return await adapters.httpx_async(client)(request, timeout_ms)

    return asyncio.run(ask())


def by_aiohttp(request: Request, timeout_ms: int) -> Any:
    async def ask() -> Any:
        async with aiohttp.ClientSession(trust_env=True) as session:
            return await adapters.aiohttp(session)(request, timeout_ms)

    return asyncio.run(ask())


def by_httpx(request: Request, timeout_ms: int) -> Any:
    with httpx.Client() as client:
        return adapters.httpx(client)(request, timeout_ms)


def by_requests(request: Request, timeout_ms: int) -> Any:
    with requests.Session() as session:
        return adapters.requests(session)(request, timeout_ms)


def by_urllib3(request: Request, timeout_ms: int) -> Any:
    return adapters.urllib3(urllib3.ProxyManager(os.environ["https_proxy"]))(request, timeout_ms)


SENDERS = {
    "command line": afresh,
    "package": transport.send,
    "httpx": by_httpx,
    "httpx_async": by_httpx_async,
    "requests": by_requests,
    "urllib3": by_urllib3,
    "aiohttp": by_aiohttp,
}
every_sender = pytest.mark.parametrize("send", SENDERS.values(), ids=SENDERS)
#: A handshake that is given up leaves its socket to the collector.
untidy = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")


def asked(connection: socket.socket) -> bytes:
    """The head of what a client asks."""
    came = b""
    while b"\r\n\r\n" not in came and (part := connection.recv(65_536)):
        came += part
    return came


def saying(*answers: bytes) -> Talk:
    """Says these, each once something came, and hangs up."""

    def talk(connection: socket.socket) -> None:
        for answer in answers:
            asked(connection) if answer is answers[0] else connection.recv(1)
            connection.sendall(answer)

    return talk


def silent(connection: socket.socket) -> None:
    while connection.recv(65_536):
        pass


def silent_in_the_tunnel(connection: socket.socket) -> None:
    asked(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    silent(connection)


def rude(connection: socket.socket) -> None:
    connection.recv(1)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


TROUBLES: Dict[str, Talk] = {
    "refuses": saying(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"),
    "closes": saying(b""),
    "closes in mid-answer": saying(b"HTTP/1.1 2"),
    "answers garbage": saying(b"\x00\x01\x02 what\r\n\r\n"),
    "is silent": silent,
    "resets": rude,
    "closes the tunnel": saying(b"HTTP/1.1 200 OK\r\n\r\n", b""),
    "garbage in the tunnel": saying(b"HTTP/1.1 200 OK\r\n\r\n", b"hello there\r\n\r\n" * 20),
    "is silent in the tunnel": silent_in_the_tunnel,
}


@untidy
@every_sender
@pytest.mark.parametrize("talk", TROUBLES.values(), ids=TROUBLES)
def test_a_tunnel_that_never_stands(listen: Listen, monkeypatch: pytest.MonkeyPatch, send: Callable[..., Any], talk: Talk) -> None:
    monkeypatch.setenv("https_proxy", f"http://user:PASSWORD@{listen(talk)}")
    told, cause = send(request(VENDOR), 500)
    assert told == "unsent" and cause and "PASSWORD" not in cause, (told, cause)


def rude_after_all(connection: socket.socket) -> None:
    asked(connection)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


LOSSES: Dict[str, Talk] = {"closes": saying(b""), "closes in mid-answer": saying(b"HTTP/1.1 2"), "resets": rude_after_all}


@every_sender
@pytest.mark.parametrize("talk", LOSSES.values(), ids=LOSSES)
def test_what_a_proxy_took_and_did_not_answer_may_have_arrived(listen: Listen, monkeypatch: pytest.MonkeyPatch, send: Callable[..., Any], talk: Talk) -> None:
    at = listen(talk)
    for scheme in ("http", "https"):
        monkeypatch.setenv(f"{scheme}_proxy", f"http://{at}")
    told, cause = send(request("http://vendor.invalid"), 2_000)
    assert told == "unanswered" and cause, (told, cause)


@every_sender
@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_proxy_on_either_kind_of_loopback(listen: Listen, monkeypatch: pytest.MonkeyPatch, send: Callable[..., Any], host: str) -> None:
    at = listen(saying(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"), host)
    monkeypatch.setenv("https_proxy", f"http://user:PASSWORD@{at}")
    told, cause = send(request(VENDOR), 5_000)
    assert told == "blocked" and "wants a login" in cause and "PASSWORD" not in cause, (told, cause)
    monkeypatch.setenv("https_proxy", f"http://{'[::1]' if ':' in host else host}:1")
    told, cause = send(request(VENDOR), 5_000)
    assert told == "unsent" and "refused" in cause.lower(), (told, cause)


@pytest.mark.parametrize("send", [afresh, transport.send])
@pytest.mark.parametrize("written", ["HTTP://{}", "  http://{} \t", "http://{}/", "{}"])
def test_a_proxy_is_taken_as_it_is_written(listen: Listen, monkeypatch: pytest.MonkeyPatch, send: Callable[..., Any], written: str) -> None:
    at = listen(saying(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"), "::1")
    monkeypatch.setenv("https_proxy", written.format(at))
    told, cause = send(request(VENDOR), 5_000)
    assert told == "unsent" and "502 Bad Gateway" in cause and f"{at}" in cause, (told, cause)


@pytest.mark.parametrize("send", [afresh, transport.send])
@pytest.mark.parametrize("written", ["::1:3128", "'http://127.0.0.1:1'", "http://user:PASS:w/rd@127.0.0.1:1", "socks://127.0.0.1:1"])
def test_a_proxy_that_cannot_be_one_is_named(monkeypatch: pytest.MonkeyPatch, send: Callable[..., Any], written: str) -> None:
    monkeypatch.setenv("https_proxy", written)
    told, cause = send(request(VENDOR), 5_000)
    assert told == "blocked" and cause.startswith("https_proxy ") and "unset https_proxy" in cause and "PASS" not in cause, (told, cause)


@pytest.mark.parametrize("send", [by_requests, by_aiohttp])
@pytest.mark.parametrize("written", ["::1:3128", "http://user:PASS:w/rd@127.0.0.1:1"])
def test_a_proxy_that_a_client_cannot_read_ends_the_run(monkeypatch: pytest.MonkeyPatch, send: Callable[..., Any], written: str) -> None:
    monkeypatch.setenv("https_proxy", written)
    assert send(request(VENDOR), 5_000)[0] == "blocked"


def test_a_proxy_that_is_called_by_tls_gets_no_password_in_the_clear(listen: Listen, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: List[bytes] = []
    at = listen(lambda connection: seen.append(connection.recv(65_536)))
    monkeypatch.setenv("https_proxy", f"https://user:PASSWORD@{at}")
    told, cause = transport.send(request(VENDOR), 5_000)
    assert told == "blocked" and "https_proxy" in cause and "PASSWORD" not in cause and not seen
    assert afresh(request(VENDOR), 2_000)[0] == "unsent"
    assert seen and b"CONNECT" not in seen[0] and seen[0][0] == 0x16, "a handshake"


def socks5(asked: List[Tuple[str, int]]) -> Talk:
    """A SOCKS5 proxy without login that makes no connection, and says so."""

    def talk(connection: socket.socket) -> None:
        connection.recv(262)
        connection.sendall(b"\x05\x00")
        head = connection.recv(262)
        kind, rest = head[3], head[4:]
        host = rest[1 : 1 + rest[0]].decode() if kind == 3 else socket.inet_ntop(socket.AF_INET6 if kind == 4 else socket.AF_INET, rest[:-2])
        asked.append((host, int.from_bytes(head[-2:], "big")))
        connection.sendall(b"\x05\x05\x00\x01\x00\x00\x00\x00\x00\x00")

    return talk


@pytest.mark.parametrize("send", [afresh, transport.send, by_requests])
@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_socks_proxy(listen: Listen, monkeypatch: pytest.MonkeyPatch, send: Callable[..., Any], host: str) -> None:
    seen: List[Tuple[str, int]] = []
    at = listen(socks5(seen), host)
    monkeypatch.setenv("all_proxy", f"socks5h://{at}")
    told, cause = send(request(VENDOR), 5_000)
    assert told == "unsent" and "refused" in cause.lower(), (told, cause)
    assert seen == [("vendor.invalid", 443)], "the proxy resolves the name"
    monkeypatch.setenv("all_proxy", f"socks5h://{at.rpartition(':')[0]}:1")
    assert send(request(VENDOR), 5_000)[0] == "unsent"


@pytest.mark.parametrize("send", ["transport.send", "pooled_send"])
def test_a_socks_proxy_without_what_it_needs(send: str) -> None:
    # What an installation without extras has.
    script = f"""
import sys
sys.modules["socks"] = sys.modules["urllib3"] = None
from imgferry import At, build, sim, transport
from imgferry.cli import pool
pooled_send = pool.sending()
request = build("tencent", "DescribeRegions", {{}}, At("ap-guangzhou", endpoint={VENDOR!r})).sign(sim.credentials()["tencent"], time_ms=1767225600000)
print(*{send}(request, 5000))
"""
    ran = subprocess.run([sys.executable, "-c", script], env={**os.environ, "ALL_PROXY": "socks5://127.0.0.1:1"}, capture_output=True, text=True)
    assert ran.stdout.startswith("blocked ALL_PROXY names a SOCKS proxy") and "pip install 'imgferry[cli]'" in ran.stdout, ran.stderr


def test_hosts_that_need_no_proxy_in_every_spelling(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:3128")
    for entries, url, is_direct in [
        ("[2001:db8::7]", "https://[2001:db8::7]/", True),
        ("2001:DB8:0::7", "https://[2001:db8::7]/", True),
        ("[2001:db8::7]:8443", "https://[2001:db8::7]:8443/", True),
        ("[2001:db8::7]:8443", "https://[2001:db8::7]/", False),
        ("[2001:db8::]/32", "https://[2001:db8::7]/", True),
        ("a.example,[2001:db8::]/32", "https://[2001:db9::7]/", False),
        ("*.example.com", "https://cvm.example.com/", True),
        ("*.EXAMPLE.com:443", "https://cvm.example.com/", True),
        ("*.example.com:8443", "https://cvm.example.com/", False),
        ("*.example.com", "https://example.com/", False),
        ("*.example.com", "https://notexample.com/", False),
        ("*", "https://cvm.example.com/", True),
        ("[::1", "https://cvm.example.com/", False),
        ("", "https://[::ffff:127.0.0.1]:8443/", True),
    ]:
        monkeypatch.setenv("no_proxy", entries)
        assert (transport.proxy_for(url) is None) == is_direct, (entries, url)


def test_every_command_goes_by_the_same_way(cli: Cli, listen: Listen) -> None:
    seen: List[Tuple[str, int]] = []
    env = {"all_proxy": f"socks5h://{listen(socks5(seen))}"}
    ran = cli("images", "list", "tencent", "ap-guangzhou", env=env)
    assert ran.code != 0 and "gives no answer" in ran.err and "Traceback" not in ran.err, ran.err
    assert cli("doctor", "tencent", env=env).code == 5
    assert {host for host, _ in seen} >= {"cvm.tencentcloudapi.com"}


def test_a_proxy_that_wants_a_login_is_told_with_one_next_step(cli: Cli, listen: Listen, tmp_path: Path) -> None:
    at = listen(saying(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"), "::1")
    given = ["--cloud", "tencent", "--image", "img-o3ycss2p", "--from", "ap-guangzhou", "--to", "ap-shanghai", "--name", "golden"]
    for lang, step in [("en", "write user:password@ before the proxy's host"), ("zh", "请在代理主机前写明 user:password@")]:
        ran = cli("copy", *given, "--no-journal", "--lang", lang, env={"https_proxy": f"http://{at}"})
        assert ran.code == 5 and ran.out.count(step) == 1, ran.out


@every_sender
def test_a_proxy_that_wants_a_login_is_told_without_tls_too(listen: Listen, monkeypatch: pytest.MonkeyPatch, send: Callable[..., Any]) -> None:
    at = listen(saying(b"HTTP/1.1 407 Proxy Authentication Required\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"))
    for scheme in ("http", "https"):
        monkeypatch.setenv(f"{scheme}_proxy", f"http://user:PASSWORD@{at}")
    told, cause = send(request("http://vendor.invalid"), 5_000)
    assert told == "blocked" and "wants a login" in cause and "PASSWORD" not in cause, (told, cause)


@every_sender
def test_a_proxy_gets_one_host_the_one_that_was_signed(listen: Listen, monkeypatch: pytest.MonkeyPatch, send: Callable[..., Any]) -> None:
    heads: List[bytes] = []

    def talk(connection: socket.socket) -> None:
        heads.append(asked(connection))
        connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}")

    at = listen(talk)
    for scheme in ("http", "https"):
        monkeypatch.setenv(f"{scheme}_proxy", f"http://{at}")
    call = build("volcengine", "DescribeRegions", {}, At("cn-beijing", endpoint="http://vendor.invalid", sign_host="official"))
    assert send(call.sign(sim.credentials()["volcengine"], time_ms=1_767_225_600_000), 5_000)[0] == 200
    (head,) = heads
    assert [line.partition(b": ")[2] for line in head.split(b"\r\n") if line.lower().startswith(b"host:")] == [b"open.volcengineapi.com"], head


def test_a_proxy_that_no_address_can_be_read_of_is_named_by_its_variable(cli: Cli) -> None:
    for written in ("http://user:PASSWORD@[::1", "http://user:PASSWORD@127.0.0.1:99999"):
        ran = cli("doctor", "tencent", env={"https_proxy": written})
        assert ran.code == 5 and "through https_proxy" in ran.out and "unset https_proxy" in ran.out, ran
        assert "PASSWORD" not in ran.out + ran.err and "Traceback" not in ran.err, ran
