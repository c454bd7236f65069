"""What the tests of the Python package share."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Optional, Tuple

import pytest
from imgferry import Request
from imgferry.cli import driver
from imgferry.cli.pool import pooled
from imgferry.drive import ignore
from postgres import Server, programs

# A runner in the background ignores these, and so would every process that it starts.
signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGHUP"):
    signal.signal(signal.SIGHUP, signal.SIG_DFL)

#: Fake keys; none looks like a real one.
KEYS = {
    "TENCENTCLOUD_SECRET_ID": "AKIDEXAMPLE",
    "TENCENTCLOUD_SECRET_KEY": "EXAMPLE-SECRET-NOT-REAL-T",
    "VOLCENGINE_ACCESS_KEY": "AKLTEXAMPLE",
    "VOLCENGINE_SECRET_KEY": "EXAMPLE-SECRET-NOT-REAL-V",
    "HUAWEICLOUD_SDK_AK": "HWAKEXAMPLE",
    "HUAWEICLOUD_SDK_SK": "EXAMPLE-SECRET-NOT-REAL-H",
    "HUAWEICLOUD_SDK_PROJECT_ID": "0123456789abcdef0123456789abcdef",
}


class Ran(NamedTuple):
    code: int
    out: str
    err: str


class Cli:
    """Runs the command line as a user does, in an empty home and with nothing in the environment but what is given."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def __call__(self, *arguments: str, stdin: str | bytes = "", env: Optional[Dict[str, str]] = None, keys: bool = True) -> Ran:
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.home), "PYTHONIOENCODING": "utf-8", **(KEYS if keys else {}), **(env or {})}
        ran = subprocess.run(
            [sys.executable, "-m", "imgferry", *arguments],
            input=stdin if isinstance(stdin, bytes) else stdin.encode(),
            capture_output=True,
            env=environment,
            cwd=self.home,
            timeout=120,
        )
        return Ran(ran.returncode, ran.stdout.decode(), ran.stderr.decode())


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    return Cli(tmp_path)


@pytest.fixture(autouse=True)
def state(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs that a test keeps stay in folders of the tests."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))


def by_the_command_line() -> Callable[[Request, int], Any]:
    """Sends as the command line does: by its driver, in a thread, over connections that are kept."""
    exchange = pooled()

    def send(request: Request, timeout_ms: int) -> Any:
        told: List[Any] = []
        job: Any = SimpleNamespace(lost=lambda _, *why, now_ms: told.append(why), answer=lambda _, *answer, now_ms: told.append(answer))
        under_way = driver.UnderWay(driver.Host(exchange, dict, ignore, ignore, lambda: None))
        under_way.add(driver.Pending(SimpleNamespace(id=0, request=request, timeout_ms=timeout_ms)))  # type: ignore[arg-type]
        while under_way.pending:
            under_way.wait(job, None)
        return told[0]

    return send


def afresh(request: Request, timeout_ms: int) -> Any:
    """The same over a new connection."""
    return by_the_command_line()(request, timeout_ms)


def certificate(folder: Path) -> Tuple[Path, Path]:
    """A certificate for loopback that nobody trusts, and its key: the files ``cert`` and ``key``."""
    if not shutil.which("openssl"):
        pytest.skip("openssl makes the certificate, and is not installed")
    cert, key = folder / "cert", folder / "key"
    made = ["-keyout", str(key), "-out", str(cert), "-days", "1", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *made], check=True, capture_output=True)
    return cert, key


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL server of the tests' own."""
    bin = programs()
    if bin is None or importlib.util.find_spec("psycopg") is None:
        pytest.skip("needs PostgreSQL and psycopg: apt-get install postgresql; pip install 'psycopg[binary]'")
    with Server(bin) as server:
        yield server.url


#: What is said to whoever comes; and where somebody listens who says so.
Talk = Callable[[socket.socket], None]
Listen = Callable[..., str]


@pytest.fixture
def listen() -> Iterator[Listen]:
    """Listens on loopback, and talks so with whoever comes; gives host and port."""
    listening = []

    def start(talk: Talk, host: str = "127.0.0.1") -> str:
        listener = socket.create_server((host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
        listening.append(listener)

        def serve(connection: socket.socket) -> None:
            try:
                with connection:
                    talk(connection)
            except OSError:
                pass  # The client has hung up, as it should.

        def work() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=serve, args=(connection,), daemon=True).start()

        threading.Thread(target=work, daemon=True).start()
        return f"{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}"

    yield start
    for listener in listening:
        listener.close()
