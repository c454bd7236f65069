"""A PostgreSQL server of the tests' own, on loopback and in a temporary folder; Debian's ``postgresql`` has what it needs."""

from __future__ import annotations

import glob
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import List, Optional


def programs() -> Optional[Path]:
    """Where the server's programs are; ``None`` when they are not there, and cannot be installed."""
    for tried in (False, True):
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb")) or [path for path in [shutil.which("initdb")] if path]
        if found:
            return Path(os.path.realpath(found[-1])).parent
        if tried or os.geteuid() or not shutil.which("apt-get"):
            return None
        for command in (["update", "-q"], ["install", "-q", "-y", "--no-install-recommends", "postgresql"]):
            subprocess.run(["apt-get", *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})
    return None


class Server:
    """A running server; ``url`` names its one database. Use it as a context manager."""

    def __init__(self, bin: Path) -> None:
        self.bin = bin
        # The server refuses to run as root.
        self.user: List[str] = ["runuser", "-u", "nobody", "--"] if os.geteuid() == 0 else []
        self.folder = Path(tempfile.mkdtemp(prefix="imgferry-postgres-"))
        if self.user:
            os.chown(self.folder, pwd.getpwnam("nobody").pw_uid, -1)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"postgresql://ferry@127.0.0.1:{self.port}/postgres"

    def call(self, program: str, *arguments: str) -> None:
        command = [*self.user, str(self.bin / program), *arguments]
        ran = subprocess.run(command, cwd="/", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if ran.returncode:
            raise RuntimeError(f"{program}: {ran.stdout}")

    def __enter__(self) -> Server:
        data = str(self.folder / "data")
        self.call("initdb", "-D", data, "-U", "ferry", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-c listen_addresses=127.0.0.1 -p {self.port} -c unix_socket_directories='' -c max_connections=400"
        self.call("pg_ctl", "start", "-w", "-D", data, "-l", str(self.folder / "log"), "-o", options)
        return self

    def __exit__(self, *_: object) -> None:
        self.call("pg_ctl", "stop", "-m", "immediate", "-D", str(self.folder / "data"))
        shutil.rmtree(self.folder, ignore_errors=True)
