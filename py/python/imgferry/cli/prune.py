"""Deletes old images of a lineage, and never one that is in doubt. First it tells what it would do; nothing goes unasked.

  imgferry prune tencent:ap-shanghai --keep 3 --older-than 30d
  imgferry prune huawei volcengine:cn-beijing --keep 3 --older-than 30d --name 'golden-{date}' --yes

A lineage is what has one name but for its date (2026-11-22, 20261122), in one region. --name tells others by a template:
{date} and {sha8} are what they are in plans, other words in braces and * stand for anything.

An image goes when it is older than that, is not among the newest of its lineage, is usable, unprotected, shared with
nobody, and not part of a run that is under way here. What cannot be told of it keeps it. Which servers were made from an
image the clouds do not tell; they go on without it. Ages go by the cloud's own clock.

Exit codes: 0 all went as told, or nothing was to be deleted; 3 some could not be deleted or looked at, 4 none.
"""

from __future__ import annotations

import argparse
import contextlib
import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Optional, Sequence, Set, Tuple

from .. import runs
from ..error import Error
from . import calls, endpoints, reach
from .images import Held, everywhere, is_shared, moment, told
from .output import Output, aligned, plain, reason

if TYPE_CHECKING:
    from ..types import Image

#: A day in a name, with or without the time behind it.
DATED = re.compile(r"(?<!\d)20\d\d([-_.]?)(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])(?:[-_.T]?\d\d[-_.:]?\d\d(?:[-_.:]?\d\d)?Z?)?(?!\d)")
UNITS = {"h": 3_600_000, "d": 86_400_000, "w": 7 * 86_400_000}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("places", nargs="+", metavar="CLOUD[:REGION]", help=f"where: {endpoints.CLOUDS_IN_WORDS}; without a region all that the cloud lists")
    parser.add_argument("--keep", type=int, required=True, metavar="N", help="how many of each lineage stay in each region, the newest; at least 1")
    parser.add_argument("--older-than", required=True, metavar="AGE", help="what is younger stays: 30d, 12h or 4w")
    parser.add_argument("--name", action="append", default=[], metavar="TEMPLATE", help="lineages by their names, such as golden-{date}; others stay; repeatable")
    parser.add_argument("--snapshots", action="store_true", help="delete the snapshots of the images too, where the cloud keeps them (Tencent, Volcengine)")
    parser.add_argument("--yes", action="store_true", help="delete without asking")
    parser.add_argument("--dry-run", action="store_true", help="only tell what would be deleted; the default where nobody can be asked")
    reach.add_arguments(parser)


@dataclass
class Verdict:
    """What is to become of an image, and why."""

    held: Held
    goes: bool
    why: str
    why_zh: str
    #: What became of it: ``under way`` while its deletion is, ``deleted``, ``failed``, or nothing yet.
    done: Optional[str] = None

    def stay(self, why: str, why_zh: str) -> None:
        self.goes, self.why, self.why_zh = False, why, why_zh

    def row(self) -> Dict[str, Any]:
        image = self.held.image
        facts = {"cloud": self.held.cloud, "region": self.held.region, "id": image["id"], "name": image["name"], "created_ms": image["created_ms"]}
        return {**facts, "verdict": self.done or ("goes" if self.goes else "stays"), "why": self.why, "why_zh": self.why_zh}


def run(options: argparse.Namespace, output: Output) -> int:
    age_ms = age(options.older_than)
    if options.keep < 1:
        raise Error(f"--keep {options.keep} would leave nothing", code="keep", hint="keep at least 1", hint_zh="至少保留 1 个")
    if options.yes and options.dry_run:
        raise Error("--yes and --dry-run are two answers to one question", code="usage", hint="give one of them", hint_zh="请只给出其中一个")
    templates = [template(text) for text in options.name]
    verdicts: List[Verdict] = []
    code = 0
    asked = places(options.places)
    clouds = reach.reached(options, list(asked))
    for name, regions in asked.items():
        cloud = clouds[name]
        wanted = regions or calls.all_regions(cloud)
        found, refused = everywhere(cloud, wanted, lambda region: [Held(cloud.name, region, *pair) for pair in cloud.images(region)])  # noqa: B023
        code = max(code, told(cloud, refused, wanted, output))
        verdicts += judge(cloud, found, templates, options.keep, age_ms)
    going = [verdict for verdict in verdicts if verdict.goes]
    ask_further(clouds, going)
    going = [verdict for verdict in going if verdict.goes]
    if going and not options.dry_run and (options.yes or agreed(verdicts, going, output)):
        try:
            for verdict in going:
                delete(clouds[verdict.held.cloud], verdict, options.snapshots)
            show(verdicts, output)
        except (OSError, KeyboardInterrupt) as stopped:
            # What is gone is told, whatever ends the command.
            gone, doubtful = (", ".join(verdict.held.image["id"] for verdict in going if verdict.done == done) for done in ("deleted", "under way"))
            if not gone and not doubtful:
                raise
            if gone:
                output.note(output.pick(f"stopped after these were deleted: {gone}", f"已中断；以下镜像已删除：{gone}"))
            if doubtful:
                output.note(output.pick(f"stopped while this one was being deleted; look whether it is there: {doubtful}", f"已中断；正在删除，请确认是否仍存在：{doubtful}"))
            return 130 if isinstance(stopped, KeyboardInterrupt) else 3
    else:
        show(verdicts, output)
    failed = sum(verdict.done == "failed" for verdict in verdicts)
    deleted = sum(verdict.done == "deleted" for verdict in verdicts)
    if going and not failed and not deleted:
        output.note(output.pick(f"nothing was deleted: {len(going)} would go with --yes", f"未删除任何镜像：加上 --yes 将删除 {len(going)} 个"))
    return 4 if failed and not deleted else 3 if failed else code


def places(given: Sequence[str]) -> Dict[str, List[str]]:
    """The regions of every cloud that is named; none for all of them."""
    found: Dict[str, List[str]] = {}
    for text in given:
        cloud, _, region = text.partition(":")
        regions = found.setdefault(cloud, [])
        regions += [part for part in region.split(",") if part and part not in regions]
        if not region and any(other.startswith(f"{cloud}:") for other in given):
            raise Error(f"{text} and {text}:REGION are two answers to one question", code="usage", hint="give one of them", hint_zh="请只给出其中一个")
    return found


def age(text: str) -> int:
    """An age in milliseconds."""
    found = re.fullmatch(r"(\d{1,6})([hdw])", text)
    if not found:
        raise Error(f"--older-than {text!r} is no age", code="age", hint="write it like 30d, 12h or 4w", hint_zh="写法如 30d、12h 或 4w")
    return int(found[1]) * UNITS[found[2]]


def template(text: str) -> "re.Pattern[str]":
    """What the names of a template look like; what is neither a date nor a number of it tells lineages apart."""
    if not text or text.strip("*") == "":
        raise Error(f"--name {text!r} is every name", code="name", hint="give what the names have in common", hint_zh="请给出名称的共同部分")
    parts = re.split(r"(\{\w+\}|\*)", text)
    known = {"{date}": DATED.pattern.replace(r"\1", r"[-_.]?"), "{sha8}": "[0-9a-f]{8}", "*": ".*"}
    return re.compile("".join(known.get(part, "(.+)" if part.startswith("{") else re.escape(part)) for part in parts))


def lineage(name: str, templates: Sequence["re.Pattern[str]"]) -> "Optional[Tuple[str, ...]]":
    """What an image of that name has in common with others."""
    for number, pattern in enumerate(templates):
        found = pattern.fullmatch(name)
        if found:
            # What stands around a date is punctuation, not a name.
            return (str(number), *(part for part in found.groups() if part and part not in "-_."))
    if templates or not DATED.search(name):
        return None
    return (DATED.sub("{date}", name),)


def judge(cloud: calls.Cloud, found: Sequence[Held], templates: Sequence["re.Pattern[str]"], keep: int, age_ms: int) -> Iterator[Verdict]:
    """What the listings alone say of every image."""
    lines: Dict[Tuple[str, ...], List[Held]] = {}
    for held in found:
        line = lineage(held.image["name"], templates)
        if line is None:
            reason = ("its name is of none of the lineages", "名称不属于任何系列") if templates else ("its name holds no date: see --name", "名称中没有日期：参见 --name")
            yield Verdict(held, False, *reason)
        else:
            lines.setdefault((held.region, *line), []).append(held)
    for images in lines.values():
        usable = [held for held in images if held.image["state"] == "ready" and held.image["created_ms"] is not None]
        usable.sort(key=lambda held: (held.image["created_ms"] or 0, held.image["id"]), reverse=True)
        newest = {held.image["id"] for held in usable[:keep]}
        for held in sorted(images, key=lambda held: (-(held.image["created_ms"] or 0), held.image["id"])):
            yield Verdict(held, *verdict(held, held.image["id"] in newest, keep, age_ms, cloud.now_ms))


def verdict(held: Held, is_newest: bool, keep: int, age_ms: int, now_ms: Optional[int]) -> Tuple[bool, str, str]:
    """Whether an image may go, as far as its listing tells."""
    image = held.image
    state, created = image["state"], image["created_ms"]
    if state == "pending":
        return False, f"it is being made, or in a state that is not known ({image['raw_state']})", f"正在制作，或状态未知（{image['raw_state']}）"
    if state != "ready":
        return False, f"it is not usable ({image['raw_state']}): look at it", f"不可用（{image['raw_state']}）：请人工检查"
    if image["ownership"] != "private":
        return False, "it is not an image of this account's own", "不是本账号的自有镜像"
    if created is None or now_ms is None:
        return False, "its age cannot be told", "无法得知其创建时间"
    if is_newest:
        return False, f"it is among the newest {keep} of its lineage", f"属于该系列最新的 {keep} 个"
    if now_ms - created < age_ms:
        return False, f"it is of {moment(created)} UTC: too young", f"创建于 {moment(created)} UTC：时间不足"
    if is_shared(held.cloud, held.record):
        return False, "it is shared with others", "已共享给他人"
    if str(held.record.get("protected", "")).lower() == "true":
        return False, "it is protected", "处于保护状态"
    return True, f"it is of {moment(created)} UTC, and {keep} newer ones stay", f"创建于 {moment(created)} UTC，另有 {keep} 个更新的镜像保留"


def ask_further(clouds: Dict[str, calls.Cloud], going: Sequence[Verdict]) -> None:
    """What no listing tells of those that would go: who may use them, whether a run uses them, whether the cloud would let them go."""
    used = in_runs() if going else set()
    for verdict in going:
        held = verdict.held
        cloud, id = clouds[held.cloud], held.image["id"]
        if (held.cloud, id) in used:
            verdict.stay("a run that is not over works with it: see `imgferry list`", "有未结束的运行正在使用它：见 `imgferry list`")
            continue
        try:
            accounts = cloud.shared_with(id, held.region)
            if accounts:
                verdict.stay(f"it is shared with {', '.join(accounts)}", f"已共享给 {', '.join(accounts)}")
            elif held.cloud == "tencent":
                cloud.delete(id, held.region, dry_run=True)
        except Error as error:
            doubt, doubt_zh = reason(held.cloud, error.code, error.message)
            verdict.stay(f"it cannot be told whether it may go: {doubt}", f"无法确认能否删除：{doubt_zh}")


def in_runs() -> Set[Tuple[str, str]]:
    """The images of runs that are kept here and not over, sources and copies."""
    used: Set[Tuple[str, str]] = set()
    for run in runs.all_runs():
        # One that cannot be read says nothing of any image.
        with contextlib.suppress(Error, OSError):
            report = run.report()
            if report["exit_code"] in (runs.UNFINISHED, runs.AMBIGUOUS):
                rows = report["rows"] + report["steps"]
                used |= {(row["cloud"], id) for row in rows for id in (row["image"], row["image_id"]) if id}
    return used


def agreed(verdicts: Sequence[Verdict], going: Sequence[Verdict], output: Output) -> bool:
    """Whether the person at the terminal wants it, having seen what would go."""
    if output.form != "text" or not sys.stdin.isatty():
        return False
    output.note(table(verdicts, output))
    output.note(output.pick(f"delete these {len(going)} images, for good? [y/N] ", f"确定永久删除这 {len(going)} 个镜像？[y/N] "))
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def delete(cloud: calls.Cloud, verdict: Verdict, snapshots: bool) -> None:
    """Deletes an image, after a last look at it: between the listing and now somebody may have changed it."""
    held = verdict.held
    try:
        now = look(cloud, held)
        if now is None:
            verdict.done, verdict.why, verdict.why_zh = "deleted", "somebody else has deleted it meanwhile", "已被他人删除"
            return
        if (now["state"], now["name"]) != ("ready", held.image["name"]):
            return verdict.stay(f"it has changed meanwhile: {now['name']} ({now['raw_state']})", f"期间已变化：{now['name']}（{now['raw_state']}）")
        verdict.done = "under way"
        cloud.delete(held.image["id"], held.region, snapshots=snapshots)
        verdict.done = "deleted"
    except Error as error:
        # The answer was lost, not the call: whether it is gone tells.
        with contextlib.suppress(Error):
            if error.retry in ("unsure", "backoff") and look(cloud, held) is None:
                verdict.done = "deleted"
                return
        verdict.done = "failed"
        (told, told_zh), id = reason(held.cloud, error.code, error.message), error.request_id
        verdict.why = f"{told}{f' (request {id})' if id else ''}; {error.hint}"
        verdict.why_zh = f"{told_zh}{f'（请求 {id}）' if id else ''}；{error.hint_zh}"


def look(cloud: calls.Cloud, held: Held) -> Optional[Image]:
    """The image as it is now; ``None`` where it is gone."""
    id = held.image["id"]
    try:
        return next((image for image, _ in cloud.images(held.region, ids=[id]) if image["id"] == id and image["state"] != "gone"), None)
    except Error as error:
        if error.kind == "not_found":
            return None
        raise


def show(verdicts: Sequence[Verdict], output: Output) -> None:
    output.result([verdict.row() for verdict in verdicts], table(verdicts, output))


def table(verdicts: Sequence[Verdict], output: Output) -> str:
    """A line for every image, those that go first."""
    words = {"goes": "待删除", "stays": "保留", "deleted": "已删除", "failed": "删除失败"}
    head = ("VERDICT", "CLOUD", "REGION", "ID", "NAME", "WHY"), ("结论", "云", "地域", "ID", "名称", "原因")
    order = ["failed", "deleted", "goes", "stays"]
    rows = sorted((verdict.row() for verdict in verdicts), key=lambda row: order.index(row["verdict"]))
    cells = [(output.pick(row["verdict"], words[row["verdict"]]), row["cloud"], row["region"], row["id"], row["name"], plain(output.pick(row["why"], row["why_zh"]))) for row in rows]
    return aligned([head[output.zh], *cells])
