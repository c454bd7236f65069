"""Moves the bytes of one request with the standard library: no redirects, no retries, no cookies.

Proxies come from the environment (``https_proxy``, ``all_proxy``, ``no_proxy``), loopback needs none. Certificates are
those of ``SSL_CERT_FILE``, ``SSL_CERT_DIR``, ``REQUESTS_CA_BUNDLE`` or ``CURL_CA_BUNDLE``, else the system's.
"""

from __future__ import annotations

import errno
import functools
import http.client
import io
import os
import re
import socket
import ssl
import time
import urllib.request
from typing import Any, Callable, Dict, Iterable, Iterator, List, NamedTuple, Optional, Tuple, Union
from urllib.parse import unquote, urlsplit

from ._imgferry import Request
from ._imgferry import is_loopback
from .error import Error
from .types import Lost

Answer = Tuple[int, List[Tuple[str, str]], bytes]
#: Why there is no answer, and the cause in words.
NoAnswer = Tuple[Lost, str]

#: Largest answer that is read, in bytes: the largest that a cloud sends.
LARGEST = 50 * 1024 * 1024
TOO_LARGE = "the answer is larger than 50 MB"


def send(request: Request, timeout_ms: int) -> Union[Answer, NoAnswer]:
    """Sends a request as it is."""
    deadline = time.monotonic() + timeout_ms / 1000
    proxy = proxy_for(request.url)
    ways, create = {}, None
    if proxy and proxy.is_address and proxy.scheme in SOCKS:
        try:
            create = by_socks(proxy)
        except ImportError:
            return "blocked", unusable(proxy)
    elif proxy and proxy.is_address and proxy.scheme == "http":
        ways = {urlsplit(request.url).scheme: proxy.url}
    elif proxy:
        return "blocked", unusable(proxy)
    opening = functools.partial(made, create, deadline)
    opener = urllib.request.build_opener(AsItIs, Http(opening), Https(opening), urllib.request.ProxyHandler(ways))
    body = request.body.encode() if request.body else None
    asked = urllib.request.Request(request.url, data=body, headers=dict(request.headers), method=request.method)
    try:
        with opener.open(asked, timeout=timeout_ms / 1000) as answer:
            return given(request.url, proxy and f"the proxy {proxy}", (answer.status, answer.headers.items(), read(answer)))
    except NotConnected as error:
        return unsent(error.cause, proxy)
    except (OSError, http.client.HTTPException) as error:
        return "unanswered", words(error)


def read(answer: Any) -> bytes:
    """The whole body."""
    body = bytearray()
    while part := answer.read1(1 << 16):
        body += part
        if len(body) > LARGEST:
            raise OSError(TOO_LARGE)
    if answer.length:
        raise http.client.IncompleteRead(b"", answer.length)
    return unpacked(bytes(body)) if answer.getheader("Content-Encoding") in ("gzip", "deflate") else bytes(body)


def unpacked(body: bytes) -> bytes:
    """What a gateway has compressed, though nobody asked it to. What cannot be read so stays as it is."""
    import zlib

    try:
        whole = zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(body, LARGEST + 1)
    except zlib.error:
        return body
    if len(whole) > LARGEST:
        raise OSError(TOO_LARGE)
    return whole


#: Some gateways refuse requests without them. They are not signed.
OWN = {"Accept": "*/*", "User-Agent": "imgferry"}


def headers(signed: Iterable[Tuple[str, str]]) -> Dict[str, str]:
    """A request's headers as clients take them, and those that gateways want. urllib3 sets a ``Host`` beside a ``host``."""
    return {**OWN, **{"Host" if name == "host" else name: value for name, value in signed}}


class AsItIs(urllib.request.HTTPErrorProcessor):
    """Every answer is one, of whatever status. A signature is good for one URL only: no redirect is followed, nor is it read
    where it leads."""

    def http_response(self, request: urllib.request.Request, response: Any) -> Any:
        return response

    https_response = http_response


class NotConnected(Exception):
    """The connection was not made, with all that belongs to it: name, port, proxy, handshake. Nothing was sent."""

    def __init__(self, cause: BaseException) -> None:
        super().__init__(cause)
        self.cause = cause


#: Interim answers that are read at most before the final one.
INTERIM = 100


class Final(http.client.HTTPResponse):
    """The final answer, read until a moment. The standard library would take an interim one (103) for it, and the final one
    for that to the next request; and its timeout bounds the gaps in an answer, not all of it."""

    def __init__(self, until: float, sock: socket.socket, *given: Any, **named: Any) -> None:
        super().__init__(sock, *given, **named)
        self.fp = io.BufferedReader(Until(until, sock, self.fp.detach()))

    def _read_status(self) -> Tuple[str, int, str]:
        for _ in range(INTERIM):
            told: Tuple[str, int, str] = super()._read_status()  # type: ignore[misc]
            if not 100 <= told[1] < 200:
                return told
            if told[1] == 101:
                raise http.client.HTTPException("it switches to another protocol, unasked")
            http.client.parse_headers(self.fp)
        raise http.client.HTTPException(f"{INTERIM} interim answers, and no final one")


class Until(io.RawIOBase):
    """What a socket gives until a moment, by ``time.monotonic``."""

    def __init__(self, until: float, sock: socket.socket, file: io.RawIOBase) -> None:
        super().__init__()
        self.until, self.sock, self.file = until, sock, file

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> Optional[int]:
        left = self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError("the answer did not end in time")
        self.sock.settimeout(left)
        return self.file.readinto(into)

    def close(self) -> None:
        self.file.close()
        super().close()


class Connecting:
    """A connection that tells its own failure from what happens to a request."""

    def connect(self) -> None:
        try:
            super().connect()  # type: ignore[misc]
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise NotConnected(error) from error


class Plain(Connecting, http.client.HTTPConnection):
    """An HTTP connection."""


class Secure(Connecting, http.client.HTTPSConnection):
    """An HTTPS connection."""


#: What makes a connection, in the place of ``socket.create_connection``.
Create = Optional[Callable[..., socket.socket]]


def made(create: Create, until: float, kind: Any, *given: Any, **named: Any) -> Any:
    """A connection that is not open yet."""
    connection = kind(*given, **named)
    connection._create_connection = create or connection._create_connection
    connection.response_class = functools.partial(Final, until)
    return connection


class Http(urllib.request.HTTPHandler):
    """Opens plain connections."""

    def __init__(self, made: Callable[..., Any]) -> None:
        super().__init__()
        self.made = made

    def http_open(self, request: urllib.request.Request) -> Any:
        return self.do_open(functools.partial(self.made, Plain), request)


class Https(urllib.request.HTTPSHandler):
    """Opens TLS connections."""

    def __init__(self, made: Callable[..., Any]) -> None:
        super().__init__(context=trust())
        self.made = made

    def https_open(self, request: urllib.request.Request) -> Any:
        return self.do_open(functools.partial(self.made, Secure), request, context=trust())


#: Kinds of SOCKS proxies: the second resolves names itself.
SOCKS = ("socks5", "socks5h")


def by_socks(proxy: Proxy) -> Callable[..., socket.socket]:
    """Makes connections through a SOCKS proxy. Raises ``ImportError`` without PySocks."""
    import socks

    parts = urlsplit(proxy.url)
    way = {
        "proxy_type": socks.SOCKS5,
        "proxy_addr": parts.hostname,
        "proxy_port": parts.port or 1080,
        "proxy_rdns": proxy.scheme == "socks5h",
        "proxy_username": unquote(parts.username or "") or None,
        "proxy_password": unquote(parts.password or "") or None,
    }

    def create(address: Tuple[str, int], timeout: Optional[float], source: Optional[Tuple[str, int]]) -> socket.socket:
        made: socket.socket = socks.create_connection(address, timeout, source, **way)
        return made

    return create


class Proxy(NamedTuple):
    """A proxy, and the variable that names it."""

    url: str
    variable: str

    def __str__(self) -> str:
        """As it may be shown: with its host and no password."""
        if not self.is_address:
            # Who knows what of it is a password.
            return self.variable
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]} ({self.variable})"

    @property
    def scheme(self) -> str:
        return self.url.partition("://")[0]

    @property
    def is_address(self) -> bool:
        """Whether it names a host, and a port that can be one."""
        try:
            parts = urlsplit(self.url)
            return bool(parts.hostname) and parts.port != 0
        except ValueError:
            return False


def proxy_for(url: str) -> Optional[Proxy]:
    """The proxy that the environment, or else the system, names for a URL. What cannot be read in ``no_proxy`` is left out."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if is_loopback(host) or needs_none(host, parts.port or (443 if parts.scheme == "https" else 80)):
        return None
    proxies = urllib.request.getproxies()
    for scheme in (parts.scheme, "all"):
        if proxies.get(scheme):
            names = (f"{scheme}_proxy", f"{scheme}_PROXY".upper())
            variable = next((name for name in names if os.environ.get(name)), "the system's settings")
            kind, separator, rest = proxies[scheme].strip().partition("://")
            return Proxy(f"{kind.lower()}://{rest}" if separator else f"http://{kind}", variable)
    return None


def needs_none(host: str, port: int) -> bool:
    """Whether ``no_proxy`` holds a host: by its name, its domain (``.example.com``, ``*.example.com``), its address, or a
    block of addresses such as 10.0.0.0/8; each with a port or without."""
    bypass = urllib.request.proxy_bypass
    if bypass(host) or bypass(f"{host}:{port}"):
        return True
    told = urllib.request.getproxies().get("no", "")
    # The rest is what the standard library does not read.
    return any(holds(entry, host, port) for entry in re.split(r"[,\s]+", told) if re.search(r"[*\[/:]", entry))


def holds(entry: str, host: str, port: int) -> bool:
    """Whether an entry of ``no_proxy`` means this host: a domain behind ``*``, or an address or block, in brackets or not."""
    found = re.fullmatch(r"\[(.*?)\](/\d+)?(?::(\d+))?", entry)
    if found:
        entry = found[1] + (found[2] or "")
        if found[3] and int(found[3]) != port:
            return False
    if entry.startswith("*."):
        name, colon, of_port = entry[1:].partition(":")
        return host.lower().endswith(name.lower()) and (not colon or of_port == str(port))
    import ipaddress

    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(entry, strict=False)
    except ValueError:
        # A name, or no block.
        return False


def unusable(proxy: Proxy) -> str:
    """What to do about a proxy that cannot be used."""
    if not proxy.is_address:
        return f"{proxy.variable} does not name a host and a port: write it as http://proxy.example.com:3128, or unset {proxy.variable}"
    if proxy.scheme in SOCKS:
        return f"{proxy.variable} names a SOCKS proxy, which needs PySocks: pip install 'imgferry[cli]', or unset {proxy.variable}"
    if proxy.scheme == "https":
        return f"{proxy.variable} names a proxy that is called by TLS: use its http address, or give a `send` of your own; the command line goes by it"
    return f"{proxy.variable} names a proxy of the unknown kind {proxy.scheme}: use http, https or socks5, or unset {proxy.variable}"


@functools.lru_cache(maxsize=None)
def trust() -> ssl.SSLContext:
    """Whose certificates are good: those of the file or folder that the environment names, else the system's."""
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        path = os.environ.get(name)
        if path:
            try:
                if os.path.isdir(path):
                    return ssl.create_default_context(capath=path)
                return ssl.create_default_context(cafile=path)
            except OSError as error:
                raise Error(
                    f"{name} names {path}, which cannot be read as certificates: {words(error)}",
                    code="certificates",
                    hint=f"correct or unset {name}",
                    hint_zh=f"请修正或取消环境变量 {name}",
                ) from None
    try:
        import truststore
    except ImportError:
        return ssl.create_default_context()
    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def given(url: str, proxy: Optional[str], answer: Answer) -> Union[Answer, NoAnswer]:
    """An answer, where the host has given it. Without TLS a proxy that wants a login gives one in its place."""
    if proxy and answer[0] == 407 and url.startswith("http://"):
        return "blocked", f"{proxy} wants a login: it answers with HTTP 407"
    return answer


def unsent(error: BaseException, proxy: Optional[Proxy]) -> NoAnswer:
    """What to tell of a request that did not leave. Waiting mends neither a certificate nor a proxy that wants a login."""
    through = f"by the proxy {proxy}: " if proxy else ""
    told = words(error)
    if untrusted := [cause for cause in causes(error) if isinstance(cause, ssl.SSLCertVerificationError)]:
        # aiohttp has a class of its own around it, without the reason.
        return "blocked", f"{through}the certificate is not trusted: {getattr(untrusted[-1], 'verify_message', '') or told}"
    if proxy and re.search(r"\b407\b", told):
        return "blocked", f"the proxy {proxy} wants a login: {told}"
    return "unsent", through + told


def words(error: BaseException) -> str:
    """What the innermost cause says of itself."""
    return next((text for text in reversed([word(cause) for cause in causes(error)]) if text), type(error).__name__)


def word(error: BaseException) -> str:
    """What one error says. Of a connection the system's word: asyncio writes its own, which does not tell why."""
    if isinstance(error, ConnectionError) and error.errno is not None and error.errno in errno.errorcode:
        return os.strerror(error.errno)
    if type(error) is http.client.BadStatusLine:
        return f"what answers speaks no HTTP: {ascii(str(error).strip())[:80]}"
    return str(error.strerror or error) if isinstance(error, OSError) else str(error)


def causes(error: Optional[BaseException]) -> Iterator[BaseException]:
    """An error and what it was raised from, outermost first."""
    seen: List[BaseException] = []
    while error is not None and error not in seen:
        seen.append(error)
        yield error
        grouped = getattr(error, "exceptions", None)
        error = error.__cause__ or error.__context__ or (grouped[0] if grouped else None)
