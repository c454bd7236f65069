"""Clients of the user's own, by `imgferry.adapters`, and senders of ours: a launch whose connection breaks arrives once, and its
answer is lost; interim answers are not taken for the final one.

Volcengine's launch is a GET, which HTTP lets a client repeat, and some do: then there would be two images.
"""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from typing import Any, Callable, Iterator, List

import aiohttp
import httpx
import pytest
import requests
import urllib3
from conftest import Listen, Talk, by_the_command_line

import imgferry
from imgferry import At, Request, adapters, build, sim, transport

Send = Callable[[Request, int], Any]


def by_urllib3() -> Any:
    return adapters.urllib3(urllib3.PoolManager())


def by_requests() -> Any:
    return adapters.requests(requests.Session())


def by_httpx() -> Any:
    return adapters.httpx(httpx.Client())


def by_aiohttp() -> Any:
    async def each(requests: List[Request], timeout_ms: int) -> List[Any]:
        async with aiohttp.ClientSession() as session:
            send = adapters.aiohttp(session)
            return [await send(request, timeout_ms) for request in requests]

    # One session for all, as a program would have: `each` stands in for `imgferry.aio.run`.
    each.many = True  # type: ignore[attr-defined]
    return each


@pytest.fixture
def arrived() -> Iterator[List[str]]:
    """Request lines, as they arrive at the server whose port stands first. It answers all but launches: on these it hangs up."""
    told: List[str] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve(connection: socket.socket) -> None:
            with connection:
                while head := connection.recv(65_536):
                    line = head.split(b"\r\n")[0].decode()
                    told.append(line)
                    if "CopyImage" in line:
                        return
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

        def accept() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                threading.Thread(target=serve, args=(connection,), daemon=True).start()

        told.append(str(listening.getsockname()[1]))
        threading.Thread(target=accept, daemon=True).start()
        yield told
        listening.shutdown(socket.SHUT_RDWR)


def at_once(send: Any, asked: List[Request], timeout_ms: int = 5_000) -> List[Any]:
    """What each request is told to have come to, one after the other."""
    if hasattr(send, "many"):
        told: List[Any] = asyncio.run(send(asked, timeout_ms))
        return told
    return [send(request, timeout_ms) for request in asked]


CLIENTS = [by_urllib3, by_requests, by_httpx, by_aiohttp, by_the_command_line, lambda: transport.send]
NAMES = ["urllib3", "requests", "httpx", "aiohttp", "the command line", "imgferry.run"]


@pytest.mark.parametrize("kept", [False, True], ids=["new", "kept"])
@pytest.mark.parametrize("client", CLIENTS, ids=NAMES)
def test_a_launch_is_sent_once(client: Callable[[], Send], kept: bool, arrived: List[str]) -> None:
    at = At("cn-beijing", endpoint=f"http://127.0.0.1:{arrived[0]}")
    key = sim.credentials()["volcengine"]
    look = build("volcengine", "DescribeRegions", {}, at).sign(key, time_ms=1_767_225_600_000)
    params = {"ImageId": "image-4431h3l7hl31a0example", "DestinationRegion": "cn-shanghai", "ImageName": "golden"}
    launch = build("volcengine", "CopyImage", params, at).sign(key, time_ms=1_767_225_600_000)  # type: ignore[call-overload]
    assert launch.method == "GET"
    asked = [look, launch] if kept else [launch]
    told = at_once(client(), asked)
    assert [outcome[0] for outcome in told] == [200, "unanswered"][-len(asked) :]
    launches = [line for line in arrived[1:] if "CopyImage" in line]
    assert len(launches) == 1, launches
    # What arrived is what was signed.
    assert launches[0].split()[1] == launch.url.split(arrived[0], 1)[1]


def by_a_proxy() -> Any:
    """The command line's, through a proxy."""
    return by_the_command_line()


def look_for(name: str, at: str) -> Request:
    call = build("tencent", "DescribeImages", {"Filters": [{"Name": "image-name", "Values": [name]}]}, At("ap-guangzhou", endpoint=f"http://{at}"))
    return call.sign(sim.credentials()["tencent"], time_ms=1_767_225_600_000)


def served(answer: Callable[[socket.socket, bytes], object]) -> Talk:
    """Answers one request after the other, each of which comes as a head and a body."""

    def talk(connection: socket.socket) -> None:
        came = b""
        while part := connection.recv(65_536):
            came += part
            if came.endswith(b"}"):
                answer(connection, came.partition(b"\r\n\r\n")[2])
                came = b""

    return talk


every_client = pytest.mark.parametrize("client", [*CLIENTS, by_a_proxy], ids=[*NAMES, "through a proxy"])


@every_client
def test_an_interim_answer_is_not_taken_for_the_final_one(client: Callable[[], Any], listen: Listen, monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(connection: socket.socket, body: bytes) -> None:
        if b"first" in body:
            connection.sendall(b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n" * 2)
            time.sleep(0.3)
        end = b"" if b"first" in body else b"Connection: close\r\n"
        connection.sendall(b"HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n%s" % (end, len(body), body))

    at = through(listen(served(answer)), client, monkeypatch)
    first, second = at_once(client(), [look_for("first", at), look_for("second", at)])
    assert first[0] == "unanswered" or b"first" in first[2], first
    assert second[0] == 200 and b"second" in second[2], "its own answer, not the late one to another request"


@every_client
@pytest.mark.parametrize("said", [b"HTTP/1.1 101 Switching Protocols\r\n\r\n", b"HTTP/1.1 102 Processing\r\n\r\n" * 1_000], ids=["101", "no end of them"])
def test_interim_answers_alone_are_no_answer(client: Callable[[], Any], said: bytes, listen: Listen, monkeypatch: pytest.MonkeyPatch) -> None:
    at = through(listen(served(lambda connection, _: connection.sendall(said))), client, monkeypatch)
    (told,) = at_once(client(), [look_for("first", at)], 500)
    assert told[0] == "unanswered" and told[1], told


@every_client
def test_an_answer_of_two_lengths_was_given_all_the_same(client: Callable[[], Any], listen: Listen, monkeypatch: pytest.MonkeyPatch) -> None:
    said = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}"
    at = through(listen(served(lambda connection, _: connection.sendall(said))), client, monkeypatch)
    (told,) = at_once(client(), [look_for("first", at)])
    assert told[0] in (200, "unanswered"), told


LOCATIONS = [b"http://[::1/", b"http://h\xff\xfe/", b"http://vendor.invalid:99999/", b"//", b""]


@every_client
@pytest.mark.parametrize("location", LOCATIONS)
def test_wherever_an_answer_leads_it_is_an_answer_in_text(client: Callable[[], Any], location: bytes, listen: Listen, monkeypatch: pytest.MonkeyPatch) -> None:
    said = b"HTTP/1.1 302 Found\r\nConnection: close\r\nX-Name: \xff\xe9\r\nLocation: %s\r\nContent-Length: 2\r\n\r\n{}" % location
    at = through(listen(served(lambda connection, _: connection.sendall(said))), client, monkeypatch)
    (told,) = at_once(client(), [look_for("first", at)])
    if told[0] == "unanswered":
        assert client is by_httpx, "which cannot but read where it leads"
        return
    assert told[0] == 302 and told[2] == b"{}", told
    # What the core is told must be UTF-8.
    assert all(f"{name}{value}".encode() for name, value in told[1])


def through(at: str, client: object, monkeypatch: pytest.MonkeyPatch) -> str:
    """What to call so that it comes there: itself, or by a proxy a host that is none."""
    if client is not by_a_proxy:
        return at
    monkeypatch.setenv("http_proxy", f"http://{at}")
    return "vendor.invalid"
