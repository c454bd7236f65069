"""Certificates of every fault, by an authority of the tests' own."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from pathlib import Path

import pytest

CONFIGURATION = """
[ca]
default_ca = here
[here]
database = {folder}/index
new_certs_dir = {folder}
rand_serial = yes
default_md = sha256
policy = names
unique_subject = no
copy_extensions = copy
[names]
commonName = supplied
[leaf]
basicConstraints = critical,CA:false
[between]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign,cRLSign
[req]
distinguished_name = none
[none]
"""
PLACES = "IP:127.0.0.1,IP:::1,DNS:localhost"
#: By its fault: whose it is, from when to when, for what, and by whom.
FAULTS = {
    "none": ("leaf", "2025", "2125", PLACES, "root"),
    "expired": ("leaf", "2020", "2021", PLACES, "root"),
    "not yet valid": ("leaf", "2123", "2125", PLACES, "root"),
    "another name": ("leaf", "2025", "2125", "DNS:other.example", "root"),
    "between": ("between", "2025", "2125", "", "root"),
    # What stands between it and the authority is not sent along.
    "incomplete chain": ("leaf", "2025", "2125", PLACES, "between"),
}


class Authority:
    """Makes a certificate of each fault, and signs it itself for ``self-signed``. Its own is the file ``root.pem``."""

    def __init__(self, folder: Path) -> None:
        if not shutil.which("openssl"):
            pytest.skip("openssl makes the certificates, and is not installed")
        self.folder = folder
        self.root = folder / "root.pem"
        (folder / "index").touch()
        (folder / "ca.conf").write_text(CONFIGURATION.format(folder=folder))
        may = ["-addext", "keyUsage=critical,keyCertSign,cRLSign"]
        self.openssl("req", "-x509", *self.key("root"), "-out", self.root, "-days", "36500", "-subj", "/CN=An authority of tests", *may)
        self.openssl("req", "-x509", *self.key("self-signed"), "-out", self.file("self-signed"), "-days", "36500", "-subj", "/CN=self", "-addext", f"subjectAltName={PLACES}")
        for fault, given in FAULTS.items():
            self.issue(fault, *given)

    def openssl(self, *arguments: object) -> None:
        subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)

    def file(self, fault: str, kind: str = "pem") -> Path:
        return self.folder / f"{fault.replace(' ', '-')}.{kind}"

    def key(self, fault: str) -> "list[object]":
        return ["-newkey", "rsa:2048", "-nodes", "-keyout", self.file(fault, "key")]

    def issue(self, fault: str, kind: str, since: str, until: str, names: str, by: str) -> None:
        wanted = ["-addext", f"subjectAltName={names}"] if names else []
        conf = self.folder / "ca.conf"
        self.openssl("req", *self.key(fault), "-out", self.file(fault, "csr"), "-subj", f"/CN={fault}", "-config", conf, *wanted)
        # Years beyond 2049 are written with four digits.
        times = ["-startdate", f"{since}0101000000Z", "-enddate", f"{until}0101000000Z"]
        signer = ["-cert", self.file(by), "-keyfile", self.file(by, "key")]
        self.openssl("ca", "-batch", "-notext", "-config", conf, "-in", self.file(fault, "csr"), "-out", self.file(fault), *times, *signer, "-extensions", kind)

    def context(self, fault: str) -> ssl.SSLContext:
        """What a server with that certificate needs."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.file(fault), self.file(fault, "key"))
        return context
