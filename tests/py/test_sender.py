"""What the package and the command line make of answers that never end, or end too early."""

from __future__ import annotations

import socket
import threading
from typing import Callable

import pytest
from conftest import afresh

from imgferry import At, Request, build, sim, transport
from imgferry.cli import pool

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


def drip_head(connection: socket.socket, ended: threading.Event) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
    while not ended.wait(0.01):
        connection.sendall(b"a")


def drip_interim(connection: socket.socket, ended: threading.Event) -> None:
    while not ended.wait(0.05):
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")


def drip_trailers(connection: socket.socket, ended: threading.Event) -> None:
    connection.sendall(HEAD + b"2\r\n{}\r\n0\r\n")
    while not ended.wait(0.01):
        connection.sendall(b"X: y\r\n")


def cut(connection: socket.socket, _: threading.Event) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}")


def by_a_command(request: Request, timeout_ms: int) -> object:
    """As single calls of the command line go out, with no driver above them."""
    return pool.sending()(request, timeout_ms)


DRIPS = [(host, 200) for host in (drip, refuse, drip_head, drip_interim, drip_trailers)]


@pytest.mark.parametrize("proxy", [False, True], ids=["direct", "through a proxy"])
@pytest.mark.parametrize("send", [afresh, by_a_command, transport.send])
@pytest.mark.parametrize("host, timeout_ms", [*DRIPS, (cut, 60_000), (flood, 600_000)])
def test_an_answer_without_end_is_given_up(
    host: Callable[[socket.socket, threading.Event], None],
    timeout_ms: int,
    send: Callable[[Request, int], object],
    proxy: bool,
    monkeypatch: pytest.MonkeyPatch,
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
        at = f"http://127.0.0.1:{listening.getsockname()[1]}"
        if proxy:
            monkeypatch.setenv("http_proxy", at)
        call = build("tencent", "DescribeRegions", {}, At("ap-guangzhou", endpoint="http://vendor.invalid" if proxy else at))
        request = call.sign(sim.credentials()["tencent"], time_ms=1_767_225_600_000)

        try:
            lost = send(request, timeout_ms)
            assert isinstance(lost, tuple) and lost[0] == "unanswered" and lost[1], "the cause is told"
        finally:
            ended.set()
            serving.join()
