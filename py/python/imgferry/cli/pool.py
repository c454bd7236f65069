"""Pooled connections for many requests at once: by httpx where it is installed, else by the standard library in threads."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any, Awaitable, Callable, Dict, Optional

from .. import Request, transport
from ..drive import Outcome
from ..transport import Proxy

if TYPE_CHECKING:
    import httpx


async def sender(stack: AsyncExitStack) -> Callable[[Request, int], Awaitable[Outcome]]:
    """What sends a request as it is and tells what came of it; ``stack`` closes the connections."""
    try:
        import httpx
    except ImportError:
        return lambda request, timeout_ms: asyncio.get_running_loop().run_in_executor(None, transport.send, request, timeout_ms)
    # No client: what it adds (cookies, redirects, headers, passwords of a .netrc) is not what was signed.
    pools: Dict[Optional[Proxy], httpx.AsyncHTTPTransport] = {}

    async def pool(proxy: Optional[Proxy]) -> httpx.AsyncHTTPTransport:
        if proxy not in pools:
            made = httpx.AsyncHTTPTransport(
                verify=transport.trust(), trust_env=False, limits=httpx.Limits(max_connections=None), proxy=proxy.url if proxy else None
            )
            pools[proxy] = await stack.enter_async_context(made)
        return pools[proxy]

    async def send(request: Request, timeout_ms: int) -> Outcome:
        proxy = transport.proxy_for(request.url)
        try:
            way = await pool(proxy)
        except (ImportError, ValueError, httpx.InvalidURL):
            if proxy is None:
                raise
            return "blocked", transport.unusable(proxy)
        left = False

        async def watch(event: str, info: Dict[str, Any]) -> None:
            # The proxy's own request comes first: it makes the connection.
            nonlocal left
            left = left or (event.endswith("send_request_headers.started") and info["request"].method != b"CONNECT")

        asked = httpx.Request(
            request.method, request.url, headers=[*request.headers, *OWN], content=request.body.encode(), extensions={"trace": watch}
        )
        try:
            # The whole answer in that time, not just the next bytes of it.
            return await asyncio.wait_for(exchange(way, asked), timeout_ms / 1000)
        except asyncio.TimeoutError:
            error: Exception = TimeoutError(f"nothing within {timeout_ms / 1000:g} s" if left else f"no connection within {timeout_ms / 1000:g} s")
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as caught:
            error = caught
        return ("unanswered", transport.words(error)) if left else transport.unsent(error, proxy)

    return send


async def exchange(way: httpx.AsyncHTTPTransport, request: httpx.Request) -> Outcome:
    """Sends a request and reads its answer to the end."""
    answer = await way.handle_async_request(request)
    try:
        body = bytearray()
        async for part in answer.aiter_bytes():
            body += part
            if len(body) > transport.LARGEST:
                return "unanswered", transport.TOO_LARGE
        return answer.status_code, answer.headers.multi_items(), bytes(body)
    finally:
        await answer.aclose()


#: Some gateways refuse requests without them. They are not signed.
OWN = (("Accept", "*/*"), ("User-Agent", "imgferry"))
