"""Custom images: those of a region, or of all, and where else the copies of one are. Nothing is changed.

  imgferry images list tencent ap-guangzhou
  imgferry images list huawei --all-regions
  imgferry images show volcengine cn-beijing image-4431h3l7hl31a0example

Huawei Cloud records what an image was copied from. Elsewhere copies are told by their name alone, and are said to be.
"""

from __future__ import annotations

import argparse
import contextlib
import time
from collections import deque
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterable, List, Mapping, NamedTuple, Optional, Tuple, TypeVar, Union

from ..error import Error
from ..mailbox import Mailbox
from . import calls, endpoints, reach, threads
from .commands import add_common
from .output import Output, aligned, plain, reason

if TYPE_CHECKING:
    from ..types import Image

#: Regions that are asked at the same time. The limits of the clouds are by region or far above that.
AT_ONCE = 8

T = TypeVar("T")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(metavar="WHAT", dest="what", required=True)
    listing = commands.add_parser("list", help="the custom images of a region")
    listing.add_argument("cloud", metavar="CLOUD", help=endpoints.CLOUDS_IN_WORDS)
    listing.add_argument("region", metavar="REGION", nargs="*", help="where to look; several may be given")
    listing.add_argument("--all-regions", action="store_true", help="look in every region that the cloud lists")
    listing.add_argument("--name", help="only images of this name; a * stands for anything")
    show = commands.add_parser("show", help="one image, who may use it, and where else its copies are")
    show.add_argument("cloud", metavar="CLOUD", help=endpoints.CLOUDS_IN_WORDS)
    show.add_argument("region", metavar="REGION", help="where the image is")
    show.add_argument("image", metavar="ID", help="the image")
    show.add_argument("--here", action="store_true", help="look for no copies in other regions")
    for command in (listing, show):
        add_common(command)
        reach.add_arguments(command)


def run(options: argparse.Namespace, output: Output) -> int:
    return listed(options, output) if options.what == "list" else shown(options, output)


class Held(NamedTuple):
    """An image and where it is; ``record`` is the vendor's own."""

    cloud: str
    region: str
    image: Image
    record: Mapping[str, Any]

    def row(self) -> Dict[str, Any]:
        """The image for programs: its region comes first."""
        return {"cloud": self.cloud, "region": self.region, **self.image, "shared": is_shared(self.cloud, self.record)}


def is_shared(cloud: str, record: Mapping[str, Any]) -> Optional[bool]:
    """Whether others may use an image, as far as a listing tells."""
    if cloud == "volcengine" and "ShareStatus" in record:
        return bool(record["ShareStatus"] == "HasShared")
    if cloud == "huawei" and record.get("visibility") in ("private", "shared"):
        return bool(record["visibility"] == "shared")
    return None


def listed(options: argparse.Namespace, output: Output) -> int:
    from fnmatch import fnmatchcase

    cloud = reach.reached(options, [options.cloud])[options.cloud]
    wanted = regions(cloud, options.region, options.all_regions)
    found, refused = everywhere(cloud, wanted, lambda region: [Held(cloud.name, region, *pair) for pair in cloud.images(region)])
    kept = [held for held in found if not options.name or fnmatchcase(held.image["name"], options.name)]
    output.table([held.row() for held in kept], heads(output), [cells(held, output) for held in kept])
    return told(cloud, refused, wanted, output)


def regions(cloud: calls.Cloud, given: List[str], all_regions: bool) -> List[str]:
    """The regions to look in."""
    if given and all_regions:
        raise Error("--all-regions and a region are two answers to one question", code="usage", hint="give one of them", hint_zh="请只给出其中一个")
    if not given and not all_regions:
        raise Error(
            "there is no region to look in",
            code="usage",
            hint=f"name one, such as {calls.home_of(cloud.name, cloud.places.get('site'))}, or give --all-regions",
            hint_zh=f"请指定地域，例如 {calls.home_of(cloud.name, cloud.places.get('site'))}，或使用 --all-regions",
        )
    return calls.all_regions(cloud) if all_regions else list(dict.fromkeys(given))


def everywhere(cloud: calls.Cloud, wanted: List[str], look: Callable[[str], Iterable[T]]) -> Tuple[List[T], Dict[str, Error]]:
    """What a look finds in each region, in their order, and the regions that refuse it. One alone raises."""
    left = deque(wanted)
    come: Mailbox[Tuple[str, Union[List[T], Exception]]] = Mailbox()

    def work() -> None:
        with contextlib.suppress(IndexError):
            while True:
                region = left.popleft()
                try:
                    come.put((region, list(look(region))))
                except Exception as error:
                    come.put((region, error))

    if not any([threads.started(work, "imgferry.look") for _ in range(min(AT_ONCE, len(wanted)))]):
        work()
    found: Dict[str, List[T]] = {}
    refused: Dict[str, Error] = {}
    while len(found) + len(refused) < len(wanted):
        # Where Ctrl-C does not end a wait, as on Windows, it is heard between two.
        for region, looked in come.take(1):
            if isinstance(looked, list):
                found[region] = looked
            elif len(wanted) == 1 or not isinstance(looked, Error) or looked.kind == "auth" or looked.code == "host.blocked":
                # A key that is refused is refused everywhere, and so is a host that is not there.
                raise looked
            else:
                refused[region] = looked
    return [one for region in wanted for one in found.get(region, ())], {region: refused[region] for region in wanted if region in refused}


def told(cloud: calls.Cloud, refused: Mapping[str, Error], wanted: List[str], output: Output) -> int:
    """Says which regions could not be looked in, or not wholly; some failed, or all."""
    for region, error in refused.items():
        output.note(output.pick(f"{region} could not be looked in: ", f"无法查询 {region}：") + output.pick(*reason(cloud.name, error.code, error.message)))
    for region in sorted(cloud.hiding):
        output.note(output.pick(f"{region}: the cloud tells of more images than it shows; ask again", f"{region}：云端所列镜像少于其总数，请重试"))
    return 4 if refused and len(refused) == len(wanted) else 3 if refused or cloud.hiding else 0


def heads(output: Output) -> Tuple[str, ...]:
    head = ("REGION", "ID", "NAME", "STATE", "SIZE", "CREATED (UTC)", "ENCRYPTED", "SHARED"), ("地域", "ID", "名称", "状态", "大小", "创建时间 (UTC)", "加密", "共享")
    return head[output.zh]


def cells(held: Held, output: Output) -> Tuple[object, ...]:
    image = held.image
    state = output.word(image["state"]) + (f" ({image['raw_state']})" if image["state"] != "ready" and image["raw_state"] else "")
    flags = (yes(image["encrypted"], output), yes(is_shared(held.cloud, held.record), output))
    return (held.region, image["id"], image["name"], state, size(image), moment(image["created_ms"]), *flags)


def yes(flag: Optional[bool], output: Output) -> str:
    """Yes, no, or that the cloud does not tell."""
    return "?" if flag is None else output.pick("yes", "是") if flag else output.pick("no", "否")


def size(image: Image) -> str:
    gib = (image["size_bytes"] or 0) / (1 << 30)
    return "" if image["size_bytes"] is None else f"{gib:,.0f} GiB" if gib >= 10 else f"{gib:.1f} GiB"


def moment(ms: Optional[int]) -> str:
    return "" if ms is None else time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(ms / 1000))


def shown(options: argparse.Namespace, output: Output) -> int:
    cloud = reach.reached(options, [options.cloud])[options.cloud]
    one = next((Held(cloud.name, options.region, *pair) for pair in cloud.images(options.region, ids=[options.image]) if pair[0]["id"] == options.image), None)
    if one is None:
        raise calls.not_listed(cloud.name, options.region, options.image)
    accounts: Optional[List[str]] = None
    try:
        if one.image["ownership"] == "private":
            accounts = cloud.shared_with(options.image, options.region)
    except Error as error:
        output.note(output.pick("who may use it cannot be told: ", "无法得知共享对象：") + output.pick(*reason(cloud.name, error.code, error.message)))
    copies: List[Tuple[Held, str]] = []
    code = 0
    if not options.here:
        elsewhere = [region for region in calls.all_regions(cloud) if region != options.region]
        found, refused = everywhere(cloud, elsewhere, lambda region: [Held(cloud.name, region, *pair) for pair in cloud.images(region)])
        copies = [(held, by) for held in found for by in [akin(one, held)] if by]
        code = told(cloud, refused, elsewhere, output)
    data = {**one.row(), "shared_with": accounts, "copies": [{**held.row(), "by": by} for held, by in copies]}
    output.result(data, text(one, accounts, copies, options.here, output))
    return code


def akin(one: Held, other: Held) -> Optional[str]:
    """Whether two images are of one lineage: ``origin`` where the cloud records it, ``name`` where only that speaks for it."""
    mine, theirs = lineage(one), lineage(other)
    if mine == theirs and (one.image["origin"] or other.image["origin"]):
        return "origin"
    records = one.cloud == "huawei"
    return "name" if not records and one.image["name"] and one.image["name"] == other.image["name"] else None


def lineage(held: Held) -> Tuple[str, str]:
    """The image that an image was copied from, or itself."""
    origin = held.image["origin"]
    return (origin["region"], origin["image"]) if origin else (held.region, held.image["id"])


def text(one: Held, accounts: Optional[List[str]], copies: List[Tuple[Held, str]], here: bool, output: Output) -> str:
    image, pick = one.image, output.pick
    origin = image["origin"]
    source = pick("no other image", "非副本") if one.cloud == "huawei" else pick("the cloud does not tell", "云端未记录")
    facts = [
        (pick("id", "ID"), image["id"]),
        (pick("name", "名称"), image["name"]),
        (pick("description", "描述"), image["description"] or ""),
        (pick("where", "位置"), f"{one.cloud} {one.region}"),
        (pick("state", "状态"), f"{output.word(image['state'])} ({image['raw_state']})"),
        (pick("size", "大小"), size(image)),
        (pick("created (UTC)", "创建时间 (UTC)"), moment(image["created_ms"])),
        (pick("encrypted", "加密"), yes(image["encrypted"], output)),
        (pick("system", "操作系统"), image["os"] or ""),
        (pick("tags", "标签"), " ".join(f"{key}={value}" for key, value in image["tags"])),
        (pick("shared with", "共享给"), pick("?", "?") if accounts is None else " ".join(accounts) or pick("nobody", "无")),
        (pick("copied from", "复制自"), f"{origin['image']} {origin['region']}" if origin else source),
    ]
    lines = [aligned(facts)]
    if here:
        return lines[0]
    if not copies:
        return "\n".join([*lines, pick("no copy was found in other regions", "其他地域未发现副本")])
    ways = {"origin": pick("by its origin", "按来源"), "name": pick("by its name alone", "仅按名称")}
    head = (*heads(output), pick("TOLD", "依据"))
    return "\n".join([*lines, "", pick("copies:", "副本："), aligned([head, *((*cells(held, output), ways[by]) for held, by in copies)])])
