"""Clients of the user's own, by `imgferry.adapters`: a launch whose connection breaks arrives once, and its answer is lost.

Volcengine's launch is a GET, which HTTP lets a client repeat, and some do: then there would be two images.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from typing import Any, Callable, Iterator, List

import aiohttp
import httpx
import pytest
import requests
import urllib3
from conftest import by_the_command_line

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
    send = client()
    told = asyncio.run(send(asked, 5_000)) if hasattr(send, "many") else [send(request, 5_000) for request in asked]  # type: ignore[arg-type]
    assert [outcome[0] for outcome in told] == [200, "unanswered"][-len(asked) :]
    launches = [line for line in arrived[1:] if "CopyImage" in line]
    assert len(launches) == 1, launches
    # What arrived is what was signed.
    assert launches[0].split()[1] == launch.url.split(arrived[0], 1)[1]
