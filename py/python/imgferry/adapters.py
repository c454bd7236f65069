"""HTTP clients of your own: each function here turns a client into the ``send`` that ``run`` (or ``aio.run``) and single
requests go out by.

    send = imgferry.adapters.httpx(httpx.Client())
    report = imgferry.run(job, credentials, send=send)
    status, headers, body = send(call.sign(key, time_ms=now), 30_000)

What is sent is what was signed: the clients' rewriting of URLs, redirects, cookies, logins of their own and repeated GETs
are kept away from it. What certainly never left is told from what may have arrived. Proxies and certificates are the
client's, as you have set them. URLs of your own must have their escapes in upper case (`%2F`), as those made here have:
urllib3, and requests upon it, write them so.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from contextvars import ContextVar
from typing import Any, Awaitable, Callable, Dict, Iterable, List, Mapping, Optional, Protocol, Sequence, Set, Tuple, Union
from urllib.parse import urlsplit

from . import transport
from .types import Outcome
from .error import Error


class Sendable(Protocol):
    """A complete request: an ``imgferry.Request``, or anything of the kind."""

    @property
    def method(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def headers(self) -> Sequence[Tuple[str, str]]: ...
    @property
    def body(self) -> Union[str, bytes]: ...


#: An interim answer (103) that a client takes for the final one. Its connection is closed: the final one may yet come.
NOT_FINAL: Outcome = ("unanswered", "an interim answer, and not the final one")

Send = Callable[[Sendable, int], Outcome]
AsyncSend = Callable[[Sendable, int], Awaitable[Outcome]]


def urllib3(pool: Any) -> Send:
    """Sends by a ``urllib3.PoolManager`` (or ``ProxyManager``), which repeats a GET up to four times unless told otherwise."""
    from urllib3 import exceptions

    def send(request: Sendable, timeout_ms: int) -> Outcome:
        try:
            answer = pool.request(
                request.method,
                request.url,
                body=body(request),
                headers=headers(request),
                timeout=timeout_ms / 1000,
                retries=False,
                redirect=False,
                preload_content=False,
            )
            if answer.status < 200:
                # Once it is read, its connection would go to the next request.
                answer.close()
                return NOT_FINAL
            return given(request, answer.status, answer.headers.items(), answer.data)
        except (exceptions.NewConnectionError, exceptions.ConnectTimeoutError) as error:
            return unsent(error)
        except (exceptions.LocationValueError, exceptions.ProxySchemeUnknown) as error:
            return "blocked", transport.words(error)
        except exceptions.HTTPError as error:
            # Not by its class: where the answer is lost, urllib3 blames the proxy too.
            return unsent(error) if is_connecting(error) else broken(error)

    return send


def requests(session: Any) -> Send:
    """Sends by a ``requests.Session``, past what it does to a request: writing the URL anew (``%7E``), the login of a
    ``.netrc``. Refuses a session that repeats."""
    import requests
    from urllib3.exceptions import MaxRetryError, NewConnectionError

    def send(request: Sendable, timeout_ms: int) -> Outcome:
        once(session, request.url)
        prepared = requests.PreparedRequest()
        prepared.prepare(method=request.method, url=request.url, headers=headers(request), data=body(request))
        prepared.url = request.url
        settings = session.merge_environment_settings(request.url, {}, False, None, None)
        try:
            # By the session's adapter: the session itself would look where an answer leads to, and fail where it cannot be read.
            with session.get_adapter(request.url).send(prepared, timeout=timeout_ms / 1000, **{**settings, "stream": True}) as answer:
                if answer.status_code < 200:
                    return NOT_FINAL
                return given(request, answer.status_code, answer.headers.items(), answer.content)
        except requests.ConnectTimeout as error:
            return unsent(error)
        except requests.ConnectionError as error:
            cause = error.args[0] if error.args else None
            reason = cause.reason if isinstance(cause, MaxRetryError) else None
            never_left = isinstance(reason, NewConnectionError) or is_connecting(error)
            return unsent(reason or error) if never_left else broken(reason or error)
        except (requests.Timeout, requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError) as error:
            return unsent(error) if is_connecting(error) else broken(error)
        except requests.exceptions.InvalidHeader as error:
            # Of the answer: those of the request are looked at before.
            return broken(error)
        except ValueError as error:
            # Of an address, or of the proxy's.
            if not (isinstance(error, requests.RequestException) or "proxy_manager_for" in calls_of(error)):
                raise
            return "blocked", transport.words(error)

    return send


def once(session: Any, url: str) -> None:
    """Refuses a session that would send a launch again by itself."""
    retries = getattr(session.get_adapter(url), "max_retries", None)
    if getattr(retries, "total", 0) not in (0, False, None) or any(getattr(retries, name, None) for name in ("read", "status", "other")):
        raise Error(
            f"the session repeats requests to {urlsplit(url).hostname} by itself: a launch could be made twice",
            code="adapters.retries",
            hint="mount an HTTPAdapter without max_retries; imgferry tries again by itself where that is safe",
            hint_zh="请挂载不带 max_retries 的 HTTPAdapter；在安全时 imgferry 会自行重试",
        )


def httpx(client: Any) -> Send:
    """Sends by an ``httpx.Client``, past its parameters, cookies and login."""
    import httpx

    def send(request: Sendable, timeout_ms: int) -> Outcome:
        way = Way()
        try:
            answer = client.send(for_httpx(request, timeout_ms, way.heard), auth=None, follow_redirects=False)
        except httpx.RequestError as error:
            return lost_by_httpx(error, way)
        return given(request, answer.status_code, answer.headers.multi_items(), answer.content)

    return send


def httpx_async(client: Any) -> AsyncSend:
    """Sends by an ``httpx.AsyncClient``, for ``aio.run``."""
    import httpx

    async def send(request: Sendable, timeout_ms: int) -> Outcome:
        way = Way()

        async def heard(event: str, told: Mapping[str, Any]) -> None:
            way.heard(event, told)

        try:
            answer = await client.send(for_httpx(request, timeout_ms, heard), auth=None, follow_redirects=False)
        except httpx.RequestError as error:
            return lost_by_httpx(error, way)
        return given(request, answer.status_code, answer.headers.multi_items(), answer.content)

    return send


class Way:
    """Whether a connection is being made for a request, as far as a client tells: then the request did not leave."""

    #: None as long as nothing was told.
    is_connecting: Optional[bool] = None

    def heard(self, event: str, told: Mapping[str, Any]) -> None:
        """What httpx tells of its way: its connection, by way of a proxy a request for it, then its own."""
        if event.endswith("send_request_headers.started"):
            self.is_connecting = told["request"].method == b"CONNECT"
        elif event.startswith(("connection.", "socks")):
            self.is_connecting = True


def for_httpx(request: Sendable, timeout_ms: int, trace: Callable[..., Any]) -> Any:
    import httpx

    # The target as it was signed, whatever httpx would make of the URL.
    extensions = {"timeout": httpx.Timeout(timeout_ms / 1000).as_dict(), "target": target(request.url).encode(), "trace": trace}
    return httpx.Request(request.method, request.url, headers=headers(request), content=body(request), extensions=extensions)


def lost_by_httpx(error: Exception, way: Way) -> Outcome:
    import httpx

    if isinstance(error, httpx.UnsupportedProtocol):
        return "blocked", transport.words(error)
    never_left = isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)) or way.is_connecting
    return unsent(error) if never_left else broken(error)


def aiohttp(session: Any) -> AsyncSend:
    """Sends by an ``aiohttp.ClientSession``, for ``aio.run``. It would decode a part of the URL, and send a GET again when
    its connection breaks; the latter is turned off for the whole session."""
    import aiohttp
    import yarl

    # There is no public way to say so.
    session._retry_connection = False
    here: ContextVar[Way] = ContextVar("way")
    heed(session, here)

    async def send(request: Sendable, timeout_ms: int) -> Outcome:
        timeout = aiohttp.ClientTimeout(timeout_ms / 1000)
        way = Way()
        here.set(way)
        try:
            asked = session.request(
                *(request.method, yarl.URL(request.url, encoded=True)), data=body(request), headers=headers(request), timeout=timeout, allow_redirects=False
            )
            async with asked as answer:
                if answer.status < 200:
                    return NOT_FINAL
                return given(request, answer.status, answer.headers.items(), await answer.read())
        except ValueError as error:
            # Of an address, or of the proxy's.
            if way.is_connecting is False:
                raise
            return "blocked", f"no address that can be called: {transport.words(error)}"
        except (aiohttp.ClientConnectorError, aiohttp.ClientHttpProxyError, aiohttp.ConnectionTimeoutError) as error:
            return unsent(error)
        except (aiohttp.ClientError, asyncio.TimeoutError) as error:
            return unsent(error) if way.is_connecting else broken(error)

    return send


def heed(session: Any, here: ContextVar[Way]) -> None:
    """Lets a session of aiohttp tell when it makes a connection, and when it has one."""
    import aiohttp

    async def begins(*_: Any) -> None:
        here.get(Way()).is_connecting = True

    async def stands(*_: Any) -> None:
        here.get(Way()).is_connecting = False

    trace = aiohttp.TraceConfig()
    trace.on_connection_create_start.append(begins)
    trace.on_connection_create_end.append(stands)
    trace.on_connection_reuseconn.append(stands)
    trace.freeze()
    session.trace_configs.append(trace)


def headers(request: Sendable) -> Dict[str, str]:
    """The request's headers, and those that gateways want."""
    return transport.headers(request.headers)


def body(request: Sendable) -> Optional[bytes]:
    """The request's body; ``None`` when there is none, lest a client send headers of one."""
    return (request.body.encode() if isinstance(request.body, str) else request.body) or None


def given(request: Sendable, status: int, headers: Iterable[Tuple[str, str]], body: bytes) -> Outcome:
    """An answer, where the host has given it; which proxy it came by, the client alone knows."""
    # aiohttp leaves what is no UTF-8 in a form that is no text.
    return transport.given(request.url, "the proxy", (status, [(readable(name), readable(value)) for name, value in headers], body))


def readable(text: str) -> str:
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def target(url: str) -> str:
    """What stands on the request line."""
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def unsent(error: BaseException) -> Outcome:
    """It never left; whether another would, the cause tells."""
    if any(re.search(r"\b407\b", str(cause)) for cause in transport.causes(error)):
        return "blocked", f"the proxy wants a login: {transport.words(error)}"
    return transport.unsent(error, None)


def is_connecting(error: BaseException) -> bool:
    """Whether urllib3 raised it while it made a connection, with what a proxy and TLS want: no request has left by it then."""
    return "urllib3.connect" in calls_of(error)


def calls_of(error: BaseException) -> Set[str]:
    """What was being called when it was raised, by name; of urllib3 with its own before."""
    found: Set[str] = set()
    seen: List[BaseException] = [error]
    for cause in seen:
        # Both: what urllib3 wraps without raising it, it leaves out of one.
        seen += [inner for inner in (cause.__cause__, cause.__context__) if inner and inner not in seen]
        trace = cause.__traceback__
        while trace:
            code, module = trace.tb_frame.f_code.co_name, str(trace.tb_frame.f_globals.get("__name__"))
            found.add(f"urllib3.{code}" if module.startswith("urllib3.") else code)
            trace = trace.tb_next
    return found


def broken(error: BaseException) -> Outcome:
    """It may have arrived; where the certificate was not trusted, it did not."""
    is_untrusted = any(isinstance(cause, ssl.SSLCertVerificationError) for cause in transport.causes(error))
    return transport.unsent(error, None) if is_untrusted else ("unanswered", transport.words(error))
