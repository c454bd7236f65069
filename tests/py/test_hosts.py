"""What is told of a request that never left, by both senders, through real connections on loopback; and what is hidden."""

from __future__ import annotations

import base64
import gc
import os
import socket
import ssl
import threading
import time
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Optional

import pytest

import imgferry
from conftest import Cli, afresh, by_the_command_line, certificate
from imgferry import At, Job, Plan, Request, build, sim, transport

VENDOR = "https://vendor.invalid"
Send = Callable[[Request, int], Any]
both = pytest.mark.parametrize("send", [afresh, transport.send])


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No proxy and no certificates of this machine."""
    for name in list(os.environ):
        if name.lower().endswith("_proxy") or name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
            monkeypatch.delenv(name)
    transport.trust.cache_clear()
    yield
    transport.trust.cache_clear()


@pytest.fixture
def serve() -> Iterator[Callable[..., int]]:
    """Listens, answers whatever comes with these bytes, or with nothing; gives the port."""
    ended, listening = threading.Event(), []

    def start(answer: Optional[bytes], context: Optional[ssl.SSLContext] = None, seen: Optional[List[bytes]] = None) -> int:
        listener = socket.create_server(("127.0.0.1", 0))
        listening.append(listener)

        def work() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=talk, args=(connection,), daemon=True).start()

        def talk(connection: socket.socket) -> None:
            try:
                with context.wrap_socket(connection, server_side=True) if context else connection as opened:
                    while True:
                        came = read(opened)
                        if seen is not None:
                            seen.append(came)
                        if answer is None:
                            ended.wait(20)
                        if answer is None or not came:
                            break
                        opened.sendall(answer)
            except OSError:
                pass  # The client has hung up, as it should.

        threading.Thread(target=work, daemon=True).start()
        return listener.getsockname()[1]

    yield start
    ended.set()
    for listener in listening:
        listener.close()


def read(connection: socket.socket) -> bytes:
    """One request with its body, which may come later than its head."""
    came = connection.recv(65_536)
    while b"Content-Length: 2\r\n" in came.title() and not came.endswith(b"{}"):
        came += connection.recv(65_536)
    return came


def request(endpoint: str) -> Request:
    call = build("tencent", "DescribeRegions", {}, At("ap-guangzhou", endpoint=endpoint))
    return call.sign(sim.credentials()["tencent"], time_ms=1_767_225_600_000)


@both
@pytest.mark.parametrize(("status", "why"), [("407 Proxy Authentication Required", "blocked"), ("502 Bad Gateway", "unsent")])
def test_a_tunnel_that_is_refused(serve: Callable[..., int], monkeypatch: pytest.MonkeyPatch, send: Send, status: str, why: str) -> None:
    port = serve(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode())
    monkeypatch.setenv("https_proxy", f"http://user:PASSWORD@127.0.0.1:{port}")
    told, cause = send(request(VENDOR), 5_000)
    assert told == why and status in cause and f"127.0.0.1:{port} (https_proxy)" in cause and "PASSWORD" not in cause


@both
# A handshake that is given up leaves its socket to the collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
def test_a_connection_that_is_never_finished(serve: Callable[..., int], monkeypatch: pytest.MonkeyPatch, send: Send) -> None:
    port = serve(None)
    assert send(request(f"https://127.0.0.1:{port}"), 300)[0] == "unsent"
    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{port}")
    told, cause = send(request(VENDOR), 300)
    assert told == "unsent" and "(https_proxy)" in cause
    # The same silence after the request has left is another matter.
    assert send(request(f"http://127.0.0.1:{port}"), 300)[0] == "unanswered"
    gc.collect()


@both
def test_nobody_there(monkeypatch: pytest.MonkeyPatch, send: Send) -> None:
    assert send(request("http://127.0.0.1:1"), 5_000)[0] == "unsent"

    def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert send(request(VENDOR), 5_000) == ("unsent", "Name or service not known")


def test_what_is_given_up_before_it_left_never_leaves(serve: Callable[..., int], monkeypatch: pytest.MonkeyPatch) -> None:
    seen: List[bytes] = []
    port = serve(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", seen=seen)
    asked, found = socket.getaddrinfo, threading.Event()

    def slow(*given: Any, **named: Any) -> Any:
        found.wait(20)
        return asked(*given, **named)

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    assert afresh(request(f"http://127.0.0.1:{port}"), 200) == ("unsent", "no connection within 0.2 s")
    found.set()
    while not seen:
        time.sleep(0.01)
    assert seen == [b""], "the connection is made, and nothing is sent over it"


@both
def test_a_certificate_that_is_not_trusted(
    serve: Callable[..., int], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, send: Send
) -> None:
    certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert", tmp_path / "key")
    port = serve(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", context)
    told, cause = send(request(f"https://127.0.0.1:{port}"), 5_000)
    assert told == "blocked" and "certificate" in cause
    for variable in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
        with monkeypatch.context() as patch:
            patch.setenv(variable, str(tmp_path / "cert"))
            transport.trust.cache_clear()
            assert send(request(f"https://127.0.0.1:{port}"), 5_000)[0] == 200
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "nowhere"))
    transport.trust.cache_clear()
    with pytest.raises(imgferry.Error, match="SSL_CERT_FILE names .*nowhere"):
        send(request(f"https://127.0.0.1:{port}"), 5_000)


@both
def test_proxies_that_cannot_be_used(monkeypatch: pytest.MonkeyPatch, send: Send) -> None:
    monkeypatch.setenv("all_proxy", "ftp://127.0.0.1:7890")
    told, cause = send(request(VENDOR), 5_000)
    assert told == "blocked" and "all_proxy" in cause and "ftp" in cause
    monkeypatch.setenv("all_proxy", "socks5://127.0.0.1:7890")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,[::1],10.0.0.0/99,*.[")
    # Loopback needs no proxy, whatever is set.
    assert send(request("http://127.0.0.1:1"), 5_000)[0] == "unsent"


@both
@pytest.mark.parametrize("proxy", [f"http://user:PASSWORD@{at}" for at in ("127.0.0.1:port", ":3128", "[::1", "127.0.0.1:99999")])
def test_a_proxy_that_is_no_address(monkeypatch: pytest.MonkeyPatch, send: Send, proxy: str) -> None:
    monkeypatch.setenv("https_proxy", proxy)
    told, cause = send(request(VENDOR), 5_000)
    assert told == "blocked" and "https_proxy" in cause and "PASSWORD" not in cause


@both
@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 511 Network Authentication Required\r\n\r\n",
        b"\x15\x03\x01\x00\x02\x02\x50",
        b"hello\r\n\r\n",
    ],
)
def test_whatever_a_proxy_says_instead_of_a_tunnel(
    serve: Callable[..., int], monkeypatch: pytest.MonkeyPatch, send: Send, answer: bytes
) -> None:
    seen: List[bytes] = []
    port = serve(answer, seen=seen)
    monkeypatch.setenv("https_proxy", f"http://us%40er:pa%40ss-%E5%AF%86@127.0.0.1:{port}")
    told, cause = send(request(VENDOR), 2_000)
    assert told == "unsent" and "(https_proxy)" in cause, (told, cause)
    assert seen[0].startswith(b"CONNECT vendor.invalid:443 ")
    assert base64.b64encode("us@er:pa@ss-密".encode()) in seen[0]


@both
def test_plain_http_where_tls_is_expected(serve: Callable[..., int], send: Send) -> None:
    port = serve(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
    assert send(request(f"https://127.0.0.1:{port}"), 5_000)[0] == "unsent"


def test_hosts_that_need_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:3128")
    monkeypatch.setenv("no_proxy", "10.0.0.0/8, 2001:db8::/32,cvm.example.com:8443,.internal,10.0.0.0/99")
    for url, is_direct in [
        ("https://10.9.8.7/", True),
        ("https://11.9.8.7/", False),
        ("https://[2001:db8::7]/", True),
        ("https://[2001:db9::7]/", False),
        ("https://cvm.example.com:8443/", True),
        ("https://cvm.example.com/", False),
        ("https://cvm.internal/", True),
        ("https://cvm.internal.example.com/", False),
    ]:
        assert (transport.proxy_for(url) is None) == is_direct, url


@pytest.mark.parametrize("env", [{"all_proxy": "socks5://127.0.0.1:7890"}, {"NO_PROXY": "127.0.0.1,[::1]", "HTTPS_PROXY": "http://127.0.0.1:1"}])
def test_the_demo_needs_no_proxy(cli: Cli, env: Dict[str, str]) -> None:
    ran = cli("demo", env=env)
    assert ran.code == 0, ran.err


def test_no_cookie_is_kept(serve: Callable[..., int]) -> None:
    seen: List[bytes] = []
    port = serve(b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 2\r\n\r\n{}", seen=seen)

    ask = by_the_command_line()
    for _ in range(2):
        assert ask(request(f"http://127.0.0.1:{port}"), 5_000)[0] == 200
    asked = [came for came in seen if came]
    assert len(asked) == 2 and not any(b"cookie" in came.lower() for came in asked)


def test_what_does_not_mend_itself_ends_the_run(cli: Cli, serve: Callable[..., int]) -> None:
    port = serve(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
    given = ["--cloud", "tencent", "--image", "img-o3ycss2p", "--from", "ap-guangzhou", "--to", "ap-shanghai", "--name", "golden"]
    ran = cli("copy", *given, env={"https_proxy": f"http://user:PASSWORD@127.0.0.1:{port}"})
    assert ran.code == 5, ran.err
    assert "wants a login" in ran.out and "cvm.tencentcloudapi.com" in ran.out and "PASSWORD" not in ran.out + ran.err


def test_only_the_command_line_trusts_a_stranger(cli: Cli, tmp_path: Path) -> None:
    plan = '{"clouds": {"tencent": {"endpoint": "https://stranger.example", "sign_host": "official"}}, "copies": [{"cloud": "tencent", '
    plan += '"image": "img-o3ycss2p", "from": "ap-guangzhou", "to": ["ap-shanghai"], "name": "golden"}]}'
    (tmp_path / "plan.json").write_text(plan)
    refused = cli("check", "plan.json")
    assert refused.code == 5 and "stranger.example" in refused.out + refused.err
    assert cli("check", "plan.json", "--trust-host", "stranger.example").code == 0


def test_an_endpoint_with_a_password_is_not_shown(cli: Cli) -> None:
    at = At("ap-guangzhou", endpoint="https://user:PASSWORD@host.example")
    assert "PASSWORD" not in repr(at)
    with pytest.raises(imgferry.Error) as caught:
        build("tencent", "DescribeRegions", {}, at)
    assert "PASSWORD" not in str(caught.value)
    for url in ("https://user:PASSWORD@host.example", "http://user:PASSWORD@host.example", "user:PASSWORD@host"):
        ran = cli("request", "tencent", "DescribeRegions", "--region", "ap-guangzhou", "--endpoint", url)
        assert ran.code == 5 and "PASSWORD" not in ran.out + ran.err


def test_read_hides_what_the_answer_repeats() -> None:
    key = imgferry.Credentials("AKIDEXAMPLE", "EXAMPLE-SECRET-NOT-REAL", "EXAMPLE/TOKEN/not/a/real/one")
    body = r'{"Response": {"Error": {"Code": "X", "Message": "EXAMPLE\/TOKEN\/not\/a\/real\/one"}, "RequestId": "r"}}'
    with pytest.raises(imgferry.Error, match="REDACTED"):
        imgferry.read("tencent", "DescribeRegions", 400, {}, body, credentials=key)


def test_a_job_tells_the_cause() -> None:
    plan = {"copies": [{"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "to": ["ap-shanghai"], "name": "golden"}]}
    job = Job(Plan(plan), now_ms=1_767_225_600_000, seed=1)
    step = job.poll({"tencent": sim.credentials()["tencent"]}, now_ms=1_767_225_600_000)
    job.lost(step.id, "unsent", "Connection refused", now_ms=1_767_225_600_000)
    told = "the request to cvm.tencentcloudapi.com could not be sent: Connection refused"
    assert [event["error"]["message"] for event in job.take_events() if "error" in event] == [told]
    assert [row["error"]["message"] for row in job.report()["rows"]] == [told]
