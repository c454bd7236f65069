"""Signs requests: one JSON object a line on stdin, one signed request a line on stdout.

A line: {"cloud", "method", "url", "headers", "body", "time_ms", "region", "service",
         "credentials": {"id", "secret", "token"},
         "options": {"signed_headers": [...], "unsigned_payload", "presign", "expires_s", "derived"}}
Its answer: {"url", "headers", "signed_headers", "canonical_request", "string_to_sign", "signature", "authorization"}

Headers are an object or a list of pairs, and come back in the same form. They are taken as they are; those that the
scheme needs and that are missing (host, date, token, content hash) are added. Without "signed_headers" the least that
the scheme needs is signed; with it, exactly these. A line that cannot be signed is answered {"error": ...}.
"""

from __future__ import annotations

import argparse
from typing import Any, Dict

from .. import Credentials, sign
from .jsonl import Record, answer
from .output import Output


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("input", choices=("-",), metavar="-", help="read from stdin")


def run(options: argparse.Namespace, output: Output) -> int:
    return answer(signed)


def signed(line: Record) -> Dict[str, Any]:
    headers, form = line.headers()
    options = Record(line.get("options", dict) or {}, "options.")
    options.only("signed_headers", "unsigned_payload", "presign", "expires_s", "derived")
    made = sign(
        line.need("cloud", str),
        line.need("method", str),
        line.need("url", str),
        credentials=credentials(line.record("credentials")),
        time_ms=line.need("time_ms", int),
        headers=headers,
        body=line.get("body", str),
        region=line.get("region", str),
        service=line.get("service", str),
        signed_headers=options.get("signed_headers", list),
        unsigned_payload=options.get("unsigned_payload", bool) or False,
        presign=options.get("presign", bool) or False,
        expires_s=options.get("expires_s", int),
        derived=options.get("derived", bool) or False,
    )
    return {
        "url": made.url,
        "headers": form(made.headers),
        "signed_headers": made.signed_headers,
        "canonical_request": made.canonical_request,
        "string_to_sign": made.string_to_sign,
        "signature": made.signature,
        "authorization": made.authorization,
    }


def credentials(record: Record) -> Credentials:
    """An access key as it stands on a line."""
    record.only("id", "secret", "token")
    return Credentials(record.need("id", str), record.need("secret", str), record.get("token", str) or None)
