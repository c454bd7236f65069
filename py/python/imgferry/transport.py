"""Moves the bytes of one request with the standard library: no redirects, no retries."""

from __future__ import annotations

import http.client
import socket
import ssl
import time
import urllib.error
import urllib.request
from typing import Any, List, Optional, Tuple, Union
from urllib.parse import urlsplit

from . import Request
from .types import Lost

Answer = Tuple[int, List[Tuple[str, str]], bytes]

#: Largest answer that is read, in bytes: the largest that a cloud sends.
LARGEST = 50 * 1024 * 1024

#: The request certainly never left: no address, nobody listening, no trust.
UNSENT = (socket.gaierror, ConnectionRefusedError, ssl.SSLCertVerificationError)


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """A signature is good for one URL only."""

    def redirect_request(self, *_: Any) -> Optional[urllib.request.Request]:
        return None


def send(request: Request, timeout_ms: int) -> Union[Answer, Lost]:
    """Sends a request as it is. Proxies of the environment are used, except for loopback."""
    deadline = time.monotonic() + timeout_ms / 1000
    proxies = {} if is_loopback(urlsplit(request.url).hostname or "") else urllib.request.getproxies()
    opener = urllib.request.build_opener(NoRedirect, urllib.request.ProxyHandler(proxies))
    body = request.body.encode() if request.body else None
    asked = urllib.request.Request(request.url, data=body, headers=dict(request.headers), method=request.method)
    try:
        answer = opener.open(asked, timeout=timeout_ms / 1000)
    except urllib.error.HTTPError as refusal:
        # An answer of any other status than success.
        answer = refusal
    except urllib.error.URLError as error:
        return "unsent" if isinstance(error.reason, UNSENT) else "unanswered"
    except (OSError, http.client.HTTPException):
        return "unanswered"
    try:
        with answer:
            return answer.code, answer.headers.items(), read(answer, deadline)
    except (OSError, http.client.HTTPException):
        return "unanswered"


def read(answer: Any, deadline: float) -> bytes:
    """The whole body: the timeout of the connection bounds the gaps in it, the deadline all of it."""
    body = bytearray()
    while part := answer.read1(1 << 16):
        body += part
        if len(body) > LARGEST or time.monotonic() > deadline:
            raise http.client.IncompleteRead(b"")
    if answer.length:
        raise http.client.IncompleteRead(b"", answer.length)
    return bytes(body)


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    from ipaddress import ip_address

    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
