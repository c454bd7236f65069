"""Tells why something was refused: cause, who can mend it, whether it may be sent again, and the next step.

  imgferry explain InvalidImageName.Duplicate
  imgferry explain IMG.0144 --cloud huawei
  imgferry explain - < answer.txt                 an error answer, with or without its HTTP head
  imgferry explain request.http                   a refused request: HTTP, curl, HAR or `imgferry request --format json`
  imgferry explain request.http --answer a.json   the same, with the answer in a file of its own
  imgferry explain - < build.log                  exceptions of the vendors' clients, of Packer and Terraform, JSON in any line
  imgferry explain run.journal                    what failed in a run

Causes of a refused signature are told in the order of how probable they are, each `certain`, `likely` or `possible`. Where
the key that signed is found in the environment or the vendors' own files, or is named by --profile, they are tried by
computing the signature anew. Nothing is sent, and no secret is shown. Exit code 1: nothing was recognised.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import Any, Dict, Iterable, List, Optional, Sequence, Tuple

from .. import Credentials, Job, explain, investigate, operations, read
from ..error import Error
from . import profiles
from .endpoints import CLOUDS, CLOUDS_IN_WORDS
from .output import Output, aligned

#: Largest text that is read, in bytes: the largest answer that a cloud sends.
LARGEST = 50 * 1024 * 1024
#: Exit code where nothing was recognised.
UNKNOWN = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("code", metavar="CODE|FILE", help="the vendor's code, a file, or - for standard input")
    parser.add_argument("--answer", metavar="FILE", help="the cloud's answer, where it is not in the same text")
    parser.add_argument("--cloud", metavar="CLOUD", help=f"{CLOUDS_IN_WORDS} (default: every cloud that knows the code)")
    parser.add_argument("--status", type=int, metavar="N", help="the HTTP status, which helps with codes that are not in the catalogue")
    parser.add_argument("--no-keys", action="store_true", help="look for no key: causes are told from the request and the answer alone")
    parser.add_argument("--at", type=int, metavar="MS", help="when it was refused, in milliseconds since 1970 (default: the Date of the answer)")
    profiles.add_arguments(parser)


def run(options: argparse.Namespace, output: Output) -> int:
    given = options.code
    if given != "-" and not is_file(given):
        return of_code(given, options, output)
    raw = sys.stdin.buffer.read(LARGEST) if given == "-" else Path(given).read_bytes()[:LARGEST]
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        # PowerShell's `>` writes UTF-16.
        raw = raw.decode("utf-16", "replace").encode("utf-8", "replace")
    if re.match(rb"(?:\xef\xbb\xbf)?[0-9a-f]{8} \{", raw):
        return of_journal(raw, output)
    answer = Path(options.answer).read_bytes()[:LARGEST].decode("utf-8", "replace") if options.answer else ""
    return of_text(raw, answer, options, output)


def of_code(code: str, options: argparse.Namespace, output: Output) -> int:
    """What a code means: a vendor's, to every cloud that knows it, or one of our own."""
    clouds = (options.cloud,) if options.cloud else CLOUDS
    found = [{"cloud": cloud, **explain(cloud, code, status=options.status)} for cloud in clouds]
    known = [told for told in found if told["known"]]
    if known and code[0].islower():
        # Ours, and the same whichever the cloud.
        known = [{**known[0], "cloud": options.cloud}]
    told = known or [one for one in found if options.cloud or options.status or is_guessed(one)]
    if not told:
        return unknown(output)
    output.result(told, "\n\n".join(refusal_text(one, output) for one in told))
    return 0 if known else UNKNOWN


def is_guessed(told: Dict[str, Any]) -> bool:
    """Whether the form of a code that is in no catalogue tells something, or another that was probably meant."""
    blank = explain(told["cloud"], "?")
    return (told["kind"], told["cause"]) != (blank["kind"], blank["cause"])


def is_file(given: str) -> bool:
    """Whether a word names a file and no code: codes have no slash, and are rarely names of files here."""
    try:
        return Path(given).is_file()
    except (OSError, ValueError):
        return False


def of_text(raw: bytes, answer: str, options: argparse.Namespace, output: Output) -> int:
    """What a text tells: as evidence, and where it is an answer alone, as the reader of answers has it."""
    text = raw.decode("utf-8-sig", "replace")
    evidence: Dict[str, Any] = dict(investigate(text, answer, credentials=key_of(text, options), now_ms=options.at))
    if not evidence["requests"]:
        clouds = (options.cloud,) if options.cloud else CLOUDS
        status, headers, body = split_answer((answer or text).encode())
        told = as_read(clouds, options.status or status, headers, body)
        if told or not evidence["known"]:
            if not told:
                return unknown(output)
            for one in told:
                # A client may write the message under a name that no cloud has.
                same = [refusal["message"] for refusal in evidence["refusals"] if (refusal["cloud"], refusal["code"]) == (one["cloud"], one["code"]) and refusal["message"]]
                if same and one["message"] == one["cause"]:
                    one["message"] = same[0]
            output.result(told, "\n\n".join(refusal_text(one, output) for one in told))
            return 0
        output.result(evidence["refusals"], "\n\n".join(refusal_text(one, output) for one in evidence["refusals"]))
        return 0
    parts = [request_text(one, output) for one in evidence["requests"]] + [refusal_text(one, output) for one in evidence["refusals"]]
    output.result(evidence, "\n\n".join(parts))
    return 0


def key_of(text: str, options: argparse.Namespace) -> Optional[Credentials]:
    """The key that signed the request in a text: one that the options name, else one that is found and is named there."""
    requests = investigate(text)["requests"]
    if options.no_keys or not requests:
        return None
    cloud = requests[0]["cloud"]
    if options.profile or options.accounts or options.account:
        return profiles.Source(options, [cloud]).load(cloud)
    try:
        found = profiles.Source(options, [cloud]).load(cloud)
    except (Error, OSError):
        return None
    return found if found.id in text else None


def of_journal(raw: bytes, output: Output) -> int:
    """What failed in a run, each sort of refusal once."""
    import time

    job, _ = Job.restore(raw.decode("utf-8-sig", "replace").replace("\r\n", "\n"), now_ms=time.time_ns() // 1_000_000)
    rows = job.report()["rows"]
    found: Dict[Tuple[str, str], Dict[str, Any]] = {}
    for row in rows:
        error = row["error"]
        if error is None:
            continue
        key = (row["cloud"], error["code"])
        told = found.setdefault(key, {**of_error(row["cloud"], error), "lanes": []})
        told["lanes"].append(f"{row['path']} → {row['to']}")
    told_all = list(found.values())
    if not told_all:
        output.result([], output.pick("nothing has failed in this run; `imgferry status` tells how it stands", "该任务没有失败项；可用 `imgferry status` 查看进展"))
        return 0
    output.result(told_all, "\n\n".join(refusal_text(one, output) for one in told_all))
    return 0


def of_error(cloud: str, error: Any) -> Dict[str, Any]:
    """What is known of a refusal, and what the reader knew of this one."""
    told = explain(cloud, error["code"], status=error.get("status"), message=error["message"])
    if error["hint"]:
        told["next"], told["next_zh"] = error["hint"], error["hint_zh"]
    known = {name: error.get(name) for name in ("message", "request_id", "kind", "retry", "wait_ms")}
    return {"cloud": cloud, **told, **known}


def unknown(output: Output) -> int:
    """Says that nothing was recognised."""
    error = Error(
        "this text holds no request, answer or error of a known cloud",
        code="unknown",
        hint="give the whole answer, the exception's whole text, or the request as HTTP, curl or HAR",
        hint_zh="请提供完整的响应、完整的异常文本，或 HTTP、curl、HAR 形式的请求",
    )
    output.error(error)
    return UNKNOWN


def split_answer(raw: bytes) -> Tuple[int, List[Tuple[str, str]], bytes]:
    """Status, headers and body of an answer; without an HTTP head it is all body, and the status 200 decides nothing."""
    head, separator, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    first, *lines = head.decode("latin-1").split("\n")
    words = first.split()
    if not (first.startswith("HTTP/") and separator and len(words) > 1 and words[1].isdecimal()):
        return 200, [], raw
    pairs = [line.split(":", 1) for line in lines if ":" in line]
    return int(words[1]), [(name, value.strip()) for name, value in pairs], body


def as_read(clouds: Sequence[str], status: int, headers: List[Tuple[str, str]], body: bytes) -> List[Dict[str, Any]]:
    """What the clouds that recognise an answer as their refusal say about it; empty where none does."""
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
    return [told for told in found if told["known"]] or found


def request_text(told: Dict[str, Any], output: Output) -> str:
    """A refused request for people: what it is, and its causes."""
    sure = {"certain": "确定", "likely": "很可能", "possible": "可能"}
    lines = [" ".join(filter(None, [told["cloud"], told["operation"] or f"{told['method']} {told['host']}"]))]
    for number, cause in enumerate(told["causes"], 1):
        lines.append(f"  {number}. {output.pick(cause['sure'], sure[cause['sure']])}{output.colon}{output.pick(cause['cause'], cause['cause_zh'])} [{cause['id']}]")
        rows: Iterable[Tuple[str, str]] = [
            (output.pick("signed", "签名时"), cause["ours"]),
            (output.pick("arrived", "到达时"), cause["theirs"]),
            (output.pick("fix", "处理"), output.pick(cause["fix"], cause["fix_zh"])),
        ]
        lines += aligned([("     " + name, value) for name, value in rows if value]).split("\n")
    if not told["causes"]:
        lines.append(f"  {output.pick('nothing is known of its signature: it is not in the text', '文本中没有签名，无法判断')}")
    return "\n".join(lines)


def refusal_text(told: Dict[str, Any], output: Output) -> str:
    """An explanation for people."""
    again = output.pick(told.get("again") or told["again_launch"], told.get("again_zh") or told["again_launch_zh"])
    wait = output.pick(f", {told['wait_ms'] // 1000} s", f"，{told['wait_ms'] // 1000} 秒") if told["wait_ms"] else ""
    lanes = told.get("lanes") or []
    rows = [
        (output.pick("cause", "原因"), output.pick(told["cause"], told["cause_zh"])),
        (output.pick("message", "消息"), told.get("message")),
        (output.pick("kind", "类型"), output.word(told["kind"])),
        (output.pick("who mends it", "处理方"), output.word(told["owner"])),
        (output.pick("send again", "可否重试"), f"{output.word(told['retry'])}{wait}"),
        (output.pick("a launch again", "能否重发复制") if "again" not in told else output.pick("again", "能否重发"), again if told["retry"] != "never" else None),
        (output.pick("next step", "下一步"), output.pick(told["next"], told["next_zh"])),
        (output.pick("command", "命令"), told["command"].replace("CLOUD", told["cloud"] or "CLOUD")),
        (output.pick("request id", "请求 ID"), told.get("request_id")),
        (output.pick("lanes", "目标"), f"{', '.join(lanes[:3])}{output.pick(f' and {len(lanes) - 3} more', f' 等 {len(lanes)} 项') if len(lanes) > 3 else ''}" if lanes else None),
    ]
    return "\n".join([" ".join(filter(None, [told["cloud"], told["code"]])), aligned([("  " + name, value) for name, value in rows if value])])
