"""Pooled connections for many requests at once, in threads: by urllib3 where it is installed, else by the standard library.

urllib3 takes a fraction of the processor's time that httpx takes for the same calls. It repeats nothing when told so.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import http.client
import threading
import time
from queue import SimpleQueue
from typing import Any, Awaitable, Callable, Dict, Optional
from urllib.parse import unquote, urlsplit

from .. import Request, transport
from ..types import Outcome
from ..transport import Proxy

#: Connections to one host that are kept; more are opened where a policy allows more requests at once.
KEPT = 128
#: Some gateways refuse requests without them. They are not signed.
OWN = {"Accept": "*/*", "User-Agent": "imgferry"}


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


Exchange = Callable[[Request, int, Leaving], Outcome]


def sender() -> Callable[[Request, int], Awaitable[Outcome]]:
    """What sends a request as it is and tells what came of it."""
    exchange = pooled()
    threads = Threads()

    async def send(request: Request, timeout_ms: int) -> Outcome:
        loop = asyncio.get_running_loop()
        told: asyncio.Future[Outcome] = loop.create_future()
        leaving = Leaving()

        def work() -> None:
            outcome: Outcome = "unanswered"
            error: Optional[Exception] = None
            try:
                outcome = exchange(request, timeout_ms, leaving)
            except Exception as raised:
                error = raised
            # The loop may be closed.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(tell, told, outcome, error)

        def give_up() -> None:
            if leaving.give_up():
                tell(told, ("unanswered", f"nothing within {timeout_ms / 1000:g} s"), None)
            else:
                late = TimeoutError(f"no connection within {timeout_ms / 1000:g} s")
                tell(told, transport.unsent(late, transport.proxy_for(request.url)), None)

        threads.do(work)
        # The whole answer in that time, not just the next bytes of it. ``wait_for`` would make a task of every request.
        alarm = loop.call_later(timeout_ms / 1000, give_up)
        try:
            return await told
        finally:
            alarm.cancel()

    return send


def sending() -> Callable[[Request, int], Outcome]:
    """The same, for a caller that has threads of its own."""
    exchange = pooled()
    return lambda request, timeout_ms: exchange(request, timeout_ms, Leaving())


class Threads:
    """As many threads as there is work at once. One that hangs holds up neither the others nor the end of the process,
    as one of ``concurrent.futures`` would."""

    def __init__(self) -> None:
        self.work: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self.idle = threading.Semaphore(0)

    def do(self, work: Callable[[], None]) -> None:
        self.work.put(work)
        if not self.idle.acquire(blocking=False):
            threading.Thread(target=self.run, name="imgferry.send", daemon=True).start()

    def run(self) -> None:
        while True:
            self.work.get()()
            self.idle.release()


def tell(told: asyncio.Future[Outcome], outcome: Outcome, error: Optional[Exception]) -> None:
    """Ends the wait for an outcome, if it is still waited for."""
    if told.done():
        return
    if error:
        told.set_exception(error)
    else:
        told.set_result(outcome)


def pooled() -> Exchange:
    """Sends one request and reads its answer, in the thread that calls it."""
    try:
        import urllib3
    except ImportError:
        return plainly

    here = threading.local()

    class Marking:
        """Marks that a request has left. Before the connection stands, with proxy and handshake, nothing of it did."""

        sock: Any
        connecting = False

        def connect(self) -> None:
            self.connecting = True
            try:
                super().connect()  # type: ignore[misc]
            finally:
                self.connecting = False

        def send(self, data: Any) -> None:
            if self.sock is None:
                self.connect()
            if not self.connecting:
                here.leaving.leave()
            super().send(data)  # type: ignore[misc]

    def marking(pool: Any) -> Any:
        connection = type(pool.ConnectionCls.__name__, (Marking, pool.ConnectionCls), {})
        return type(pool.__name__, (pool,), {"ConnectionCls": connection})

    ways: Dict[Optional[Proxy], Any] = {}

    def way(proxy: Optional[Proxy]) -> Any:
        if proxy in ways:
            return ways[proxy]
        made = connections(proxy)
        made.pool_classes_by_scheme = {scheme: marking(pool) for scheme, pool in made.pool_classes_by_scheme.items()}
        # Another thread may have made one meanwhile.
        return ways.setdefault(proxy, made)

    def exchange(request: Request, timeout_ms: int, leaving: Leaving) -> Outcome:
        deadline = time.monotonic() + timeout_ms / 1000
        proxy = transport.proxy_for(request.url)
        if proxy and not proxy.is_address:
            return "blocked", transport.unusable(proxy)
        try:
            pool = way(proxy)
        except (ImportError, ValueError, urllib3.exceptions.HTTPError):
            if proxy is None:
                raise
            return "blocked", transport.unusable(proxy)
        here.leaving = leaving
        try:
            answer = pool.request(
                request.method,
                request.url,
                body=request.body.encode() or None,
                headers={**OWN, **dict(request.headers)},
                # A host has several addresses, and the first may lead nowhere.
                timeout=urllib3.Timeout(connect=timeout_ms / 3000, read=timeout_ms / 1000),
                redirect=False,
                # Without this, urllib3 would send a GET up to four times.
                retries=False,
                preload_content=False,
            )
            try:
                return answer.status, list(answer.headers.items()), read(answer, deadline)
            finally:
                answer.release_conn()
        except (urllib3.exceptions.HTTPError, http.client.HTTPException, OSError) as error:
            return ("unanswered", transport.words(error)) if leaving.left else transport.unsent(error, proxy)

    return exchange


def plainly(request: Request, timeout_ms: int, leaving: Leaving) -> Outcome:
    """By the standard library, which tells by itself what never left."""
    leaving.leave()
    return transport.send(request, timeout_ms)


def read(answer: Any, deadline: float) -> bytes:
    """The whole body of an answer."""
    body = bytearray()
    for part in answer.stream(1 << 16):
        body += part
        if len(body) > transport.LARGEST:
            answer.close()
            raise OSError(transport.TOO_LARGE)
        if time.monotonic() > deadline:
            answer.close()
            raise TimeoutError("the answer did not end in time")
    return bytes(body)


def connections(proxy: Optional[Proxy]) -> Any:
    """The connections that go through one proxy, or through none."""
    import urllib3

    trust = transport.trust()
    if proxy is None:
        return urllib3.PoolManager(maxsize=KEPT, ssl_context=trust)
    parts = urlsplit(proxy.url)
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if parts.scheme in ("socks5", "socks5h"):
        from urllib3.contrib.socks import SOCKSProxyManager

        return SOCKSProxyManager(proxy.url, username=user or None, password=password or None, maxsize=KEPT, ssl_context=trust)
    # urllib3's own has no letters beyond Latin-1.
    login = {"proxy-authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()} if user else None
    return urllib3.ProxyManager(proxy.url, proxy_headers=login, maxsize=KEPT, ssl_context=trust, proxy_ssl_context=trust)
