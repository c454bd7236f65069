"""Verifies signed requests as the clouds do: one JSON object a line on stdin, one verdict a line on stdout.

A line: {"cloud", "method", "url", "headers", "body", "now_ms", "credentials": {"id", "secret", "token"}}, and where the
signature must name them, "region", "service" and "required_headers": [...]. "credentials" may also be a list of keys.
Its answer: {"ok": true, "id", "time_ms", "signed_headers", ...} or {"ok": false, "reason", "message"}; the reason is one
of malformed, unknown_key, clock, scope, signed_headers, payload, signature, token.
A line that is no such object is answered {"error": ...}.
"""

from __future__ import annotations

import argparse
from typing import Any, Dict

from .. import Refused, verify
from .jsonl import Record, answer
from .output import Output
from .sign import credentials


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("input", choices=("-",), metavar="-", help="read from stdin")


def run(options: argparse.Namespace, output: Output) -> int:
    return answer(verdict)


def verdict(line: Record) -> Dict[str, Any]:
    headers, _ = line.headers()
    given = line.data.get("credentials")
    keys = [Record({"credentials": one}, "").record("credentials") for one in (given if isinstance(given, list) else [given])]
    known = {key.id: key for key in map(credentials, keys)}
    try:
        verified = verify(
            line.need("cloud", str),
            line.need("method", str),
            line.need("url", str),
            headers=headers,
            body=line.get("body", str) or "",
            now_ms=line.need("now_ms", int),
            keys=known.get,
            region=line.get("region", str),
            service=line.get("service", str),
            required_headers=line.get("required_headers", list) or [],
        )
    except Refused as refused:
        return {"ok": False, "reason": refused.reason, "message": refused.message, "signed_at_ms": refused.signed_at_ms}
    return {"ok": True, **verified}
