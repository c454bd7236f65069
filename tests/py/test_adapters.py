"""HTTP clients of users' own, by `imgferry.adapters`: what arrives is what was signed, whatever the client makes of URLs, and
what never left is told from what may have."""

from __future__ import annotations

import asyncio
import http.server
import socket
import ssl
import threading
from types import SimpleNamespace
from typing import Any, Callable, Dict, Iterator, List, Tuple

import aiohttp
import httpx
import imgferry
import pytest
import requests
import urllib3
from conftest import certificate
from imgferry import Credentials, adapters, sim

KEY = Credentials("AKIDEXAMPLE", "EXAMPLE-SECRET-NOT-REAL", "EXAMPLE-TOKEN-NOT-REAL")
NOW = 1_767_225_600_000
#: What clients would like to write otherwise: escapes that need none, and the other way round.
QUERIES = ["a=%2C%2F%3A%7E", "a=%27%28%29%2A%21&b=%20%2B", "b=2&a=1&c", "a=%E9%BB%84%E9%87%91&a=x%3Dy%26z", "Action=CopyImage&Version=2020-04-01&Name=it%27s%3A%2C%7E", ""]
PATHS = ["/", "/v1/%7Eme/a%2Fb/c%3Ad", "/v2/%E9%95%9C%E5%83%8F/x%2Cy"]


def arrivals() -> "Iterator[Tuple[str, List[Tuple[str, str, Dict[str, str], bytes]]]]":
    got: List[Tuple[str, str, Dict[str, str], bytes]] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            got.append((self.command, self.path, dict(self.headers.items()), body))
            self.send_response(302)
            self.send_header("Location", "/elsewhere")
            self.send_header("Set-Cookie", "a=b")
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_any

        def log_message(self, *_: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", got
        server.shutdown()


server = pytest.fixture(arrivals)


def by_httpx_async(requests: List[Any]) -> List[Any]:
    async def all_of_them() -> List[Any]:
        async with httpx.AsyncClient(params={"mine": "1"}, cookies={"c": "d"}, auth=("user", "password")) as client:
            send = adapters.httpx_async(client)
            return [await send(request, 5_000) for request in requests]

    return asyncio.run(all_of_them())


def by_aiohttp(requests: List[Any]) -> List[Any]:
    async def all_of_them() -> List[Any]:
        async with aiohttp.ClientSession() as session:
            send = adapters.aiohttp(session)
            return [await send(request, 5_000) for request in requests]

    return asyncio.run(all_of_them())


def by(adapter: Callable[[Any], adapters.Send], make: Callable[[], Any]) -> Callable[[List[Any]], List[Any]]:
    def all_of_them(requests: List[Any]) -> List[Any]:
        client = make()
        try:
            send = adapter(client)
            return [send(request, 5_000) for request in requests]
        finally:
            close(client)

    return all_of_them


def close(client: Any) -> None:
    client.clear() if isinstance(client, urllib3.PoolManager) else client.close()


def troubled_session() -> requests.Session:
    session = requests.Session()
    session.auth = ("user", "password")
    session.params = {"mine": "1"}
    return session


CLIENTS = {
    "urllib3": by(adapters.urllib3, urllib3.PoolManager),
    "requests": by(adapters.requests, troubled_session),
    "httpx": by(adapters.httpx, lambda: httpx.Client(params={"mine": "1"}, cookies={"c": "d"}, auth=("user", "password"))),
    "httpx_async": by_httpx_async,
    "aiohttp": by_aiohttp,
}
every_client = pytest.mark.parametrize("client", CLIENTS.values(), ids=CLIENTS)


@every_client
@pytest.mark.parametrize("cloud", ["tencent", "volcengine", "huawei"])
def test_what_arrives_is_what_was_signed(client: Callable[[List[Any]], List[Any]], cloud: str, server: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    # A login for that host, which some clients would put in place of the signature.
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login someone password else\n", encoding="utf-8")
    monkeypatch.setenv("HOME", str(tmp_path))
    url, got = server
    asked = []
    for path in PATHS if cloud != "tencent" else PATHS[:1]:
        for query in QUERIES:
            for method, body in (("GET", ""), ("POST", '{"name": "黄金"}')):
                whole = f"{url}{path}?{query}" if query else url + path
                headers = {"Content-Type": "application/json"} if body else {}
                signed = imgferry.sign(cloud, method, whole, credentials=KEY, time_ms=NOW, headers=headers, body=body, region="r", service="s")
                asked.append(SimpleNamespace(method=method, url=signed.url, headers=signed.headers, body=body))
    answers = client(asked)
    assert [answer[0] for answer in answers] == [302] * len(asked) and len(got) == len(asked)
    for sent, (method, path, headers, body) in zip(asked, got):
        assert url + path == sent.url or url + path == sent.url + "/" and method == sent.method
        assert "cookie" not in {name.lower() for name in headers}
        verified = imgferry.verify(cloud, method, url + path, headers=headers, body=body, now_ms=NOW, keys={"AKIDEXAMPLE": KEY}.get)
        assert verified["id"] == "AKIDEXAMPLE"


def test_the_bare_clients_would_have_written_it_anew(server: Any) -> None:
    url, got = server
    requests.get(f"{url}/?a=%7E", allow_redirects=False)

    async def bare() -> None:
        async with aiohttp.ClientSession() as session:
            async with session.get(f"{url}/?a=%2C%2F%3A", allow_redirects=False) as answer:
                await answer.read()

    asyncio.run(bare())
    assert [path for _, path, _, _ in got] == ["/?a=~", "/?a=,/:"]


@every_client
def test_what_never_left_is_told_from_what_may_have(client: Callable[[List[Any]], List[Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(url: str) -> Any:
        return client([SimpleNamespace(method="GET", url=url, headers=[], body="")])[0]

    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    why, cause = ask(f"http://127.0.0.1:{port}/")
    assert why == "unsent" and "refused" in cause.lower(), cause
    why, cause = ask("http://no-such-host.invalid/")
    assert why == "unsent" and cause

    with socket.create_server(("127.0.0.1", 0)) as listening:

        def hang_up() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65_536)

        threading.Thread(target=hang_up, daemon=True).start()
        why, cause = ask(f"http://127.0.0.1:{listening.getsockname()[1]}/")
    assert why == "unanswered" and cause


@every_client
def test_a_certificate_that_nobody_trusts_ends_the_run(client: Callable[[List[Any]], List[Any]], tmp_path: Any) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate(tmp_path))
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            try:
                context.wrap_socket(connection, server_side=True)
            except OSError:
                connection.close()

        threading.Thread(target=serve, daemon=True).start()
        why, cause = client([SimpleNamespace(method="GET", url=f"https://localhost:{listening.getsockname()[1]}/", headers=[], body="")])[0]
    assert why == "blocked" and "certificate" in cause, (why, cause)


def test_a_session_that_repeats_is_refused(server: Any) -> None:
    url, got = server
    session = requests.Session()
    session.mount("http://", requests.adapters.HTTPAdapter(max_retries=3))
    with pytest.raises(imgferry.Error, match="repeats requests"):
        adapters.requests(session)(SimpleNamespace(method="GET", url=f"{url}/", headers=[], body=""), 1_000)
    assert got == []


@pytest.mark.parametrize("name", ["urllib3", "requests", "httpx"])
def test_a_run_goes_out_by_them(name: str) -> None:
    client: Any = {"urllib3": urllib3.PoolManager, "requests": requests.Session, "httpx": httpx.Client}[name]()
    with sim.Server() as server:
        plan = {
            "copies": [{"cloud": "volcengine", "image": "image-4431h3l7hl31a0example", "from": "cn-beijing", "to": ["cn-shanghai"], "name": "golden"}],
            "clouds": {"volcengine": {"endpoint": server.url}},
            "policy": {"poll": "100ms", "settle": "200ms"},
        }
        report = imgferry.copy(plan, sim.credentials(), journal=lambda lines: None, send=getattr(adapters, name)(client))
        close(client)
        assert report["counts"] == {"ready": 1} and server.world.ledger()["violations"] == []
