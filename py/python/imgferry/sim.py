"""The three clouds in a box, over real HTTP on loopback, for anybody's client.

    with imgferry.sim.Server() as server:
        at = imgferry.At("ap-guangzhou", endpoint=server.url)

One port serves all three clouds. Signatures, clocks, parameters, limits and quotas are checked as the clouds do; a
scenario makes things go wrong. ``GET /_sim/ledger`` and ``GET /_sim/images`` show the truth.
"""

from __future__ import annotations

import socket
import struct
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Dict, Mapping, Optional

from ._imgferry import Credentials, World as World, example_keys
from .drive import now_ms as now_ms

#: Largest body that is read, in bytes: more than any operation takes.
LARGEST = 16 * 1024 * 1024


def credentials() -> Dict[str, Credentials]:
    """The keys that the default world knows, by cloud. None of them is real."""
    return {cloud: Credentials(id, secret) for cloud, id, secret in example_keys()}


class Server:
    """Serves a world on a loopback port; use it as a context manager, or ``start`` and ``close`` it."""

    def __init__(self, scenario: Optional[Mapping[str, Any]] = None, *, port: int = 0, speed: float = 1.0) -> None:
        self.world = World(scenario, now_ms=now_ms(), speed=speed)
        self._http = Http(("127.0.0.1", port), self.world)
        self._thread = Thread(target=self._http.serve_forever, args=(0.05,), name="imgferry.sim", daemon=True)

    @property
    def url(self) -> str:
        """What to give as endpoint."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def start(self) -> Server:
        """Begins to serve, in a thread of its own."""
        self._thread.start()
        return self

    def close(self) -> None:
        """Stops serving."""
        self._http.shutdown()
        self._http.server_close()

    def wait(self) -> None:
        """Serves until the process ends."""
        self._thread.join()

    def __enter__(self) -> Server:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.close()


class Http(ThreadingHTTPServer):
    """A thread per connection, as many as a busy client opens."""

    daemon_threads = True
    request_queue_size = 1024
    # An answer that comes late must not hold up the end of the process.
    block_on_close = False

    def __init__(self, address: tuple[str, int], world: World) -> None:
        self.world = world
        super().__init__(address, Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no news."""


class Handler(BaseHTTPRequestHandler):
    """Moves bytes between a connection and the world."""

    server: Http
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    # Buffered, so that an answer leaves in one piece.
    wbufsize = -1

    def handle_any(self) -> None:
        body = self.body()
        if body is None:
            self.close_connection = True
            return self.answer(413, [], b"")
        headers = [(name, as_sent(value)) for name, value in self.headers.items()]
        delivery = self.server.world.handle(self.command, as_sent(self.path), headers, body, now_ms=now_ms())
        if delivery is None:
            return self.hang_up()
        status, answer_headers, answer_body, delay_ms = delivery
        if delay_ms:
            time.sleep(delay_ms / 1000)
        self.answer(status, answer_headers, answer_body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = handle_any

    def body(self) -> Optional[bytes]:
        """The whole body, or nothing where it is too large or its length cannot be told."""
        if self.headers.get("Transfer-Encoding", "identity").strip().lower() != "chunked":
            length = self.headers.get("Content-Length", "0")
            return self.rfile.read(int(length)) if length.isdecimal() and int(length) <= LARGEST else None
        body = bytearray()
        while True:
            size = self.rfile.readline(1024).split(b";")[0].strip()
            if not size or any(digit not in b"0123456789abcdefABCDEF" for digit in size) or len(body) + int(size, 16) > LARGEST:
                return None
            if int(size, 16) == 0:
                # Trailers belong to nothing that is signed.
                while self.rfile.readline(1024).strip():
                    pass
                return bytes(body)
            body += self.rfile.read(int(size, 16))
            self.rfile.readline(1024)

    def answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        # Not send_response, which would add a Date of its own: the clouds' clocks may be wrong on purpose.
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def hang_up(self) -> None:
        """Breaks the connection with a reset, as a fault on the way does."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True

    def log_message(self, format: str, *arguments: object) -> None:
        """Nothing is logged: the ledger knows more."""


def as_sent(text: str) -> str:
    """The UTF-8 text that ``http.server`` took for Latin-1; left alone when it is none."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text
