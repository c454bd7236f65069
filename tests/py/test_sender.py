"""What the package and the command line make of answers that never end, or end too early."""

from __future__ import annotations

import socket
import threading
from typing import Callable

import pytest
from conftest import afresh

from imgferry import At, Request, build, sim, transport

HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
MEGABYTE = b"100000\r\n" + b" " * 0x100000 + b"\r\n"


def drip(connection: socket.socket, ended: threading.Event) -> None:
    connection.sendall(HEAD)
    while not ended.wait(0.01):
        connection.sendall(b"1\r\n \r\n")


def flood(connection: socket.socket, ended: threading.Event) -> None:
    connection.sendall(HEAD)
    while not ended.is_set():
        connection.sendall(MEGABYTE)


def refuse(connection: socket.socket, ended: threading.Event) -> None:
    connection.sendall(HEAD.replace(b"200 OK", b"503 Busy"))
    while not ended.wait(0.01):
        connection.sendall(b"1\r\n \r\n")


def cut(connection: socket.socket, _: threading.Event) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}")


@pytest.mark.parametrize("send", [afresh, transport.send])
@pytest.mark.parametrize("host, timeout_ms", [(drip, 200), (refuse, 200), (cut, 60_000), (flood, 600_000)])
def test_an_answer_without_end_is_given_up(
    host: Callable[[socket.socket, threading.Event], None], timeout_ms: int, send: Callable[[Request, int], object]
) -> None:
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65_536)
                try:
                    host(connection, ended)
                except OSError:
                    pass  # The client has hung up, as it should.

        serving = threading.Thread(target=serve)
        serving.start()
        call = build("tencent", "DescribeRegions", {}, At("ap-guangzhou", endpoint=f"http://127.0.0.1:{listening.getsockname()[1]}"))
        request = call.sign(sim.credentials()["tencent"], time_ms=1_767_225_600_000)

        try:
            lost = send(request, timeout_ms)
            assert isinstance(lost, tuple) and lost[0] == "unanswered" and lost[1], "the cause is told"
        finally:
            ended.set()
            serving.join()
