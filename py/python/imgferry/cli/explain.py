"""Tells the cause of an error code, who can mend it, and the next step.

  imgferry explain InvalidImageName.Duplicate
  imgferry explain IMG.0144 --cloud huawei
  imgferry explain - < answer.txt        an error answer, with or without its HTTP head
"""

from __future__ import annotations

import argparse
import sys
from typing import Any, Dict, List, Sequence, Tuple

from .. import explain, operations, read
from ..error import Error
from .output import Output, aligned
from .endpoints import CLOUDS, CLOUDS_IN_WORDS

#: Largest answer that is read from stdin, in bytes: the largest that a cloud sends.
LARGEST = 50 * 1024 * 1024


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("code", metavar="CODE", help="the vendor's code, or - to read an error answer from stdin")
    parser.add_argument("--cloud", metavar="CLOUD", help=f"{CLOUDS_IN_WORDS} (default: every cloud that knows the code)")
    parser.add_argument("--status", type=int, metavar="N", help="the HTTP status, which helps with codes that are not in the catalogue")


def run(options: argparse.Namespace, output: Output) -> int:
    clouds = (options.cloud,) if options.cloud else CLOUDS
    if options.code == "-":
        status, headers, body = answer(sys.stdin.buffer.read(LARGEST))
        found = refusals(clouds, options.status or status, headers, body)
    else:
        found = [{"cloud": cloud, **explain(cloud, options.code, status=options.status)} for cloud in clouds]
        found = [told for told in found if told["known"]] or found
    output.result(found, "\n\n".join(text(told, output) for told in found))
    return 0


def answer(raw: bytes) -> Tuple[int, List[Tuple[str, str]], bytes]:
    """Status, headers and body of an answer; without an HTTP head it is all body, and the status 200 decides nothing."""
    head, separator, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    first, *lines = head.decode("latin-1").split("\n")
    words = first.split()
    if not (first.startswith("HTTP/") and separator and len(words) > 1 and words[1].isdecimal()):
        return 200, [], raw
    pairs = [line.split(":", 1) for line in lines if ":" in line]
    return int(words[1]), [(name, value.strip()) for name, value in pairs], body


def refusals(clouds: Sequence[str], status: int, headers: List[Tuple[str, str]], body: bytes) -> List[Dict[str, Any]]:
    """What the clouds that recognise an answer as their refusal say about it."""
    found = []
    for cloud in clouds:
        try:
            read(cloud, operations(cloud)[0]["name"], status, headers, body)
        except Error as error:
            if error.kind != "protocol":
                told = explain(cloud, error.code, status=status, message=error.message)
                # What the reader knows of this answer stands above what is known of its code.
                asked = {name: getattr(error, name) for name in ("message", "request_id", "kind", "retry", "wait_ms")}
                found.append({"cloud": cloud, **told, **asked, "next": error.hint, "next_zh": error.hint_zh})
    known = [told for told in found if told["known"]] or found
    if not known:
        raise Error(
            "standard input holds no error answer of a known cloud",
            code="answer",
            hint="give the whole body, or `HTTP/1.1 STATUS`, headers, an empty line and the body",
            hint_zh="请提供完整的响应体，或依次给出 `HTTP/1.1 状态码`、响应头、空行和响应体",
        )
    return known


def text(told: Dict[str, Any], output: Output) -> str:
    """An explanation for people."""
    owner = {"caller": "调用者", "account": "账号管理员", "cloud": "云平台"}
    rows = [
        (output.pick("cause", "原因"), output.pick(told["cause"], told["cause_zh"])),
        (output.pick("message", "消息"), told.get("message")),
        (output.pick("kind", "类型"), told["kind"]),
        (output.pick("who mends it", "处理方"), output.pick(told["owner"], owner[told["owner"]])),
        (output.pick("send again", "可否重试"), told["retry"] + (f", {told['wait_ms'] // 1000} s" if told["wait_ms"] else "")),
        (output.pick("next step", "下一步"), output.pick(told["next"], told["next_zh"])),
        (output.pick("request id", "请求 ID"), told.get("request_id")),
    ]
    return "\n".join([f"{told['cloud']} {told['code']}", aligned([("  " + name, value) for name, value in rows if value])])
