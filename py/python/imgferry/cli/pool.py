"""Connections that are kept, for many threads: by the standard library, and through proxies by urllib3.

For the same calls the standard library takes a third of the processor's time that urllib3 takes, and a sixth of httpx's.
Neither repeats anything when told so.
"""

from __future__ import annotations

import base64
import functools
import http.client
import select
import socket
import threading
import time
from typing import Any, Callable, Dict, List, Optional, Union
from urllib.parse import unquote, urlsplit

from .. import Request, transport
from ..transport import Proxy

#: Connections to one host that are kept; more are opened where a policy allows more requests at once.
KEPT = 128


class Leaving:
    """Whether a request has left. One that is given up before it has can leave no more."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.left = self.over = False

    def leave(self) -> None:
        """Called where the first of its bytes is about to be sent."""
        with self.lock:
            if self.over and not self.left:
                raise TimeoutError("given up before it left")
            self.left = True

    def give_up(self) -> bool:
        """Whether it has left. If not, it never will."""
        with self.lock:
            self.over = True
            return self.left


Exchange = Callable[[Request, int, Leaving], Union[transport.Answer, transport.NoAnswer]]


def sending() -> Callable[[Request, int], Union[transport.Answer, transport.NoAnswer]]:
    """What sends a request as it is and tells what came of it, for a caller that has threads of its own."""
    exchange = pooled()
    return lambda request, timeout_ms: exchange(request, timeout_ms, Leaving())


def pooled() -> Exchange:
    """Sends one request and reads its answer, in the thread that calls it."""
    direct = Direct()
    through: Optional[Exchange] = None

    def exchange(request: Request, timeout_ms: int, leaving: Leaving) -> Union[transport.Answer, transport.NoAnswer]:
        nonlocal through
        if transport.proxy_for(request.url) is None:
            return direct.exchange(request, timeout_ms, leaving)
        through = through or proxied()
        return through(request, timeout_ms, leaving)

    return exchange


class Marked:
    """A connection that marks that a request has left. Before it stands, with its handshake, nothing of it did."""

    leaving: Optional[Leaving] = None

    def send(self, data: Any) -> None:
        if self.leaving:
            self.leaving.leave()
        super().send(data)  # type: ignore[misc]


class Plain(Marked, transport.Plain):
    """A connection without TLS."""


class Secure(Marked, transport.Secure):
    """A connection with TLS."""


Kept = Union[Plain, Secure]


class Direct:
    """Connections of the standard library that go through no proxy: kept, and used by whichever thread is next."""

    def __init__(self) -> None:
        #: By scheme and host. Taking from and giving to a list is one step, whatever other threads do.
        self.idle: Dict[str, List[Kept]] = {}

    def exchange(self, request: Request, timeout_ms: int, leaving: Leaving) -> Union[transport.Answer, transport.NoAnswer]:
        deadline = time.monotonic() + timeout_ms / 1000
        scheme, _, rest = request.url.partition("://")
        host, _, path = rest.partition("/")
        idle = self.idle.setdefault(f"{scheme}://{host}", [])
        connection = None
        try:
            connection = taken(idle) or opened(scheme, host, timeout_ms)
            connection.sock.settimeout(timeout_ms / 1000)
            connection.response_class = functools.partial(transport.Final, deadline)  # type: ignore[assignment]
            connection.leaving = leaving
            connection.request(request.method, f"/{path}", request.body.encode() or None, transport.headers(request.headers))
            with connection.getresponse() as answer:
                outcome = answer.status, answer.headers.items(), transport.read(answer)
        except transport.NotConnected as error:
            return transport.unsent(error.cause, None)
        except (http.client.HTTPException, OSError) as error:
            if connection:
                connection.close()
            return ("unanswered", transport.words(error)) if leaving.left else transport.unsent(error, None)
        connection.leaving = None
        # It has none any more where the answer said that it ends.
        if connection.sock and len(idle) < KEPT:
            idle.append(connection)
        return outcome


def taken(idle: List[Kept]) -> Optional[Kept]:
    """A connection that still stands. One that has something to say before it is asked is at its end."""
    while True:
        try:
            connection = idle.pop()
        except IndexError:
            return None
        if not speaks(connection.sock):
            return connection
        connection.close()


def speaks(sock: socket.socket) -> bool:
    """Whether there is something to read, be it the end."""
    if not hasattr(select, "poll"):
        return bool(select.select([sock], [], [], 0)[0])
    # With a thousand files open, select() knows the next one no more.
    waiting = select.poll()
    waiting.register(sock, select.POLLIN)
    return bool(waiting.poll(0))


def opened(scheme: str, host: str, timeout_ms: int) -> Kept:
    """A new connection. Raises ``NotConnected``."""
    try:
        parts = urlsplit(f"//{host}")
        # A host has several addresses, and the first may lead nowhere.
        wait_s = timeout_ms / 3000
        if scheme == "https":
            connection: Kept = Secure(parts.hostname or "", parts.port, timeout=wait_s, context=transport.trust())
        else:
            connection = Plain(parts.hostname or "", parts.port, timeout=wait_s)
    except (ValueError, http.client.HTTPException) as error:
        raise transport.NotConnected(error) from error
    connection.connect()
    return connection


def proxied() -> Exchange:
    """The same through a proxy."""
    try:
        import urllib3
    except ImportError:
        return plainly

    here = threading.local()

    class Marking:
        """Marks that a request has left. Before the connection stands, with proxy and handshake, nothing of it did."""

        sock: Any
        connecting = False
        response_class: Any

        def connect(self) -> None:
            self.connecting = True
            try:
                super().connect()  # type: ignore[misc]
            finally:
                self.connecting = False

        def send(self, data: Any) -> None:
            if self.sock is None:
                self.connect()
            self.response_class = functools.partial(transport.Final, here.until)
            if not self.connecting:
                here.leaving.leave()
            super().send(data)  # type: ignore[misc]

    def marking(pool: Any) -> Any:
        connection = type(pool.ConnectionCls.__name__, (Marking, pool.ConnectionCls), {})
        return type(pool.__name__, (pool,), {"ConnectionCls": connection})

    ways: Dict[Proxy, Any] = {}

    def way(proxy: Proxy) -> Any:
        if proxy in ways:
            return ways[proxy]
        made = connections(proxy)
        made.pool_classes_by_scheme = {scheme: marking(pool) for scheme, pool in made.pool_classes_by_scheme.items()}
        # Another thread may have made one meanwhile.
        return ways.setdefault(proxy, made)

    def exchange(request: Request, timeout_ms: int, leaving: Leaving) -> Union[transport.Answer, transport.NoAnswer]:
        here.until = time.monotonic() + timeout_ms / 1000
        proxy = transport.proxy_for(request.url)
        assert proxy
        if not proxy.is_address:
            return "blocked", transport.unusable(proxy)
        try:
            pool = way(proxy)
        except (ImportError, ValueError, urllib3.exceptions.HTTPError):
            return "blocked", transport.unusable(proxy)
        here.leaving = leaving
        try:
            answer = pool.request(
                request.method,
                request.url,
                body=request.body.encode() or None,
                headers=transport.headers(request.headers),
                timeout=urllib3.Timeout(connect=timeout_ms / 3000, read=timeout_ms / 1000),
                redirect=False,
                # Without this, urllib3 would send a GET up to four times.
                retries=False,
                preload_content=False,
            )
            try:
                return transport.given(request.url, f"the proxy {proxy}", (answer.status, list(answer.headers.items()), read(answer)))
            finally:
                answer.release_conn()
        except (urllib3.exceptions.HTTPError, http.client.HTTPException, OSError) as error:
            return ("unanswered", transport.words(error)) if leaving.left else transport.unsent(error, proxy)

    return exchange


def plainly(request: Request, timeout_ms: int, leaving: Leaving) -> Union[transport.Answer, transport.NoAnswer]:
    """By the standard library, which tells by itself what never left."""
    leaving.leave()
    return transport.send(request, timeout_ms)


def read(answer: Any) -> bytes:
    """The whole body of an answer."""
    body = bytearray()
    for part in answer.stream(1 << 16):
        body += part
        if len(body) > transport.LARGEST:
            answer.close()
            raise OSError(transport.TOO_LARGE)
    return bytes(body)


def connections(proxy: Proxy) -> Any:
    """The connections that go through one proxy."""
    import urllib3

    trust = transport.trust()
    parts = urlsplit(proxy.url)
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if parts.scheme in ("socks5", "socks5h"):
        from urllib3.contrib.socks import SOCKSProxyManager

        return SOCKSProxyManager(proxy.url, username=user or None, password=password or None, maxsize=KEPT, ssl_context=trust)
    # urllib3's own has no letters beyond Latin-1.
    login = {"proxy-authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()} if user else None
    return urllib3.ProxyManager(proxy.url, proxy_headers=login, maxsize=KEPT, ssl_context=trust, proxy_ssl_context=trust)
