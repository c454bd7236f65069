"""A place on loopback between a vendor's client and the simulator: it keeps every exchange, and may change a byte.

The vendor's client signs for this place, and the simulator verifies the host header that it is handed on.
"""

from __future__ import annotations

from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Callable, List, NamedTuple, Optional, Tuple, Type
from urllib.parse import urlsplit

Headers = List[Tuple[str, str]]


class Sent(NamedTuple):
    """A request on the wire."""

    method: str
    target: str
    headers: Headers
    body: bytes


class Came(NamedTuple):
    """An answer on the wire."""

    status: int
    headers: Headers
    body: bytes


class Exchange(NamedTuple):
    sent: Sent
    came: Came


class Relay:
    """Hands requests on to ``upstream``, or answers with what ``canned`` holds; ``tamper`` changes them on their way."""

    def __init__(self, upstream: str) -> None:
        self.upstream = urlsplit(upstream).netloc
        self.exchanges: List[Exchange] = []
        self.tamper: Optional[Callable[[Sent], Sent]] = None
        self.canned: Optional[Came] = None
        relay = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1

            def handle_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                came = relay.answer(Sent(self.command, self.path, self.headers.items(), body))
                self.send_response_only(came.status)
                for name, value in came.headers:
                    if name.lower() not in ("content-length", "connection"):
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(came.body)))
                self.end_headers()
                self.wfile.write(came.body)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

            def log_message(self, format: str, *arguments: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads, self.server.block_on_close = True, False
        self.endpoint = f"127.0.0.1:{self.server.server_address[1]}"

    def answer(self, sent: Sent) -> Came:
        came = self.canned or forward(self.upstream, self.tamper(sent) if self.tamper else sent)
        self.exchanges.append(Exchange(sent, came))
        return came

    def __enter__(self) -> Relay:
        Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        self.server.shutdown()
        self.server.server_close()


def forward(netloc: str, sent: Sent) -> Came:
    """The same request, header by header, to another place."""
    connection = HTTPConnection(netloc, timeout=20)
    try:
        connection.putrequest(sent.method, sent.target, skip_host=True, skip_accept_encoding=True)
        for name, value in sent.headers:
            if name.lower() not in ("connection", "keep-alive", "content-length"):
                connection.putheader(name, value)
        connection.putheader("Content-Length", str(len(sent.body)))
        connection.endheaders(sent.body)
        answer = connection.getresponse()
        return Came(answer.status, answer.getheaders(), answer.read())
    finally:
        connection.close()
