"""Single calls of a command: signed, sent, read, and repeated only where that is harmless."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Mapping, Optional, Sequence, Set, Tuple

from .. import At, Credentials, build, operations, read, regions
from ..error import Error
from . import pool

if TYPE_CHECKING:
    from ..types import Image, Reply

#: How long one answer is waited for.
TIMEOUT_MS = 30_000
#: How often a read is sent, and the first wait between two times; each further one is twice as long.
TRIES, WAIT_S = 5, 0.5
#: The longest wait that a command makes because a cloud asks for it.
PATIENCE_S = 30


class Cloud:
    """One cloud, as a command calls it: where its regions are and with which key."""

    def __init__(self, name: str, key: Credentials, places: "Mapping[str, Any]") -> None:
        self.name, self.key, self.places = name, key, places
        #: The cloud's own clock, as the latest of its answers told, in milliseconds since 1970.
        self.now_ms: Optional[int] = None
        #: The regions in which it told of more images than it showed.
        self.hiding: Set[str] = set()
        self.send = pool.sending()

    def ask(self, operation: str, params: Mapping[str, Any], region: str) -> Reply:
        """One call. A read is repeated where waiting helps; what changes something is sent once. Raises ``Error``."""
        where = at(self.places, region)
        tries = TRIES if effect(self.name, operation) == "read" else 1
        wait_s = WAIT_S
        while True:
            tries -= 1
            call = build(self.name, operation, params, where)  # type: ignore[call-overload]
            request = call.sign(self.key, time_ms=time.time_ns() // 1_000_000)
            outcome = self.send(request, TIMEOUT_MS)
            try:
                if len(outcome) == 2:
                    raise unanswered(self.name, request.url, *outcome)
                self.now_ms = date(outcome[1]) or self.now_ms
                return read(self.name, operation, *outcome, credentials=self.key, params=params)
            except Error as error:
                if tries <= 0 or error.retry not in ("backoff", "unsure"):
                    raise
                asked_s = (error.wait_ms or 0) / 1000
                if asked_s > PATIENCE_S:
                    error.hint, error.hint_zh = f"it asks for a wait of {asked_s:,.0f} s: try again then", f"云端要求等待 {asked_s:,.0f} 秒，请届时重试"
                    raise
                time.sleep(max(wait_s, asked_s))
                wait_s *= 2

    def images(self, region: str, *, ids: Sequence[str] = (), name: Optional[str] = None) -> Iterator[Tuple[Image, Dict[str, Any]]]:
        """The custom images of a region in any state, each once, with the vendor's own record. Raises ``Error``, also where the
        cloud tells of more images of ``ids`` than it shows."""
        operation, params = listing(self.name, ids, name)
        seen: Set[str] = set()
        while True:
            reply = self.ask(operation, params, region)
            facts = reply["facts"]
            assert facts["type"] == "images"
            records = next((rows for rows in reply["data"].values() if isinstance(rows, Sequence) and not isinstance(rows, str)), [])
            ids_of = ((row.get("ImageId") or row.get("id"), row) for row in records if isinstance(row, Mapping))
            by_id = {id: dict(row) for id, row in ids_of if isinstance(id, str)}
            # An image that is made meanwhile moves others to the next page, where they stand again.
            new = {image["id"]: image for image in facts["items"] if image["id"] not in seen}
            seen.update(new)
            for id, image in new.items():
                yield image, by_id.get(id, {})
            more = facts["next"] or len(seen) < (facts["total"] or 0)
            if ids and more:
                raise hidden(self.name, region)
            if ids or not more:
                return
            if not new or not (facts["next"] or self.name == "tencent"):
                self.hiding.add(region)
                return
            if self.name == "tencent":
                params["Offset"] = len(seen)
            else:
                params["NextToken" if self.name == "volcengine" else "marker"] = facts["next"]

    def shared_with(self, image: str, region: str) -> List[str]:
        """The accounts (on Huawei Cloud projects) that may use an image beside its own."""
        operation, field = {"huawei": ("ListImageMembers", "image_id")}.get(self.name, ("DescribeImageSharePermission", "ImageId"))
        facts = self.ask(operation, {field: image}, region)["facts"]
        assert facts["type"] == "accounts"
        return list(facts["items"])

    def delete(self, image: str, region: str, *, dry_run: bool = False, snapshots: bool = False) -> None:
        """Deletes an image, with its snapshots if they are meant, or asks the cloud whether it would: only Tencent Cloud can
        be asked."""
        if self.name == "huawei":
            self.ask("DeleteImage", {"image_id": image}, region)
            return
        params: Dict[str, Any] = {"ImageIds": [image]}
        if dry_run:
            params["DryRun"] = True
        if snapshots:
            params["DeleteBindedSnap" if self.name == "tencent" else "DeleteBindedSnapshots"] = True
        self.ask("DeleteImages", params, region)


def at(places: Mapping[str, Any], region: str) -> At:
    """Where a call of a region goes; ``{region}`` in an endpoint stands for it."""
    given = dict(places)
    projects: Mapping[str, str] = given.pop("projects", None) or {}
    if given.get("endpoint"):
        given["endpoint"] = given["endpoint"].replace("{region}", region)
    if region in projects:
        given["project_id"] = projects[region]
    return At(region, **given)


def all_regions(cloud: Cloud) -> List[str]:
    """The regions that the cloud lists; those known where it does not let itself be asked."""
    home = home_of(cloud.name, cloud.places.get("site"))
    params: Dict[str, Any] = {"MaxResults": 20} if cloud.name == "volcengine" else {}
    listed: Set[str] = set()
    try:
        while True:
            facts = cloud.ask(REGIONS[cloud.name], params, home)["facts"]
            assert facts["type"] == "regions"
            before = len(listed)
            listed.update(facts["items"])
            # A page that shows nothing new leads nowhere.
            if not (cloud.name == "volcengine" and facts["next"]) or len(listed) == before:
                return sorted(listed)
            params["NextToken"] = facts["next"]
    except Error as error:
        if error.kind not in ("permission", "unsupported"):
            raise
        return [region["id"] for region in regions(cloud.name) if region["class"] in ("mainland", "overseas")]


def home_of(cloud: str, site: Optional[str]) -> str:
    """A region that every account of a site may use, for calls that belong to none."""
    return HOMES[cloud][site == "international"]


#: What lists the regions of a cloud, and a region of each of its sites.
REGIONS = {"tencent": "DescribeRegions", "volcengine": "DescribeRegions", "huawei": "ListRegions"}
HOMES = {"tencent": ("ap-guangzhou", "ap-singapore"), "volcengine": ("cn-beijing", "ap-southeast-1"), "huawei": ("cn-north-4", "ap-southeast-3")}


def listing(cloud: str, ids: Sequence[str], name: Optional[str]) -> "Tuple[str, Dict[str, Any]]":
    """What lists custom images: those of these ids or of this name, or all."""
    if cloud == "tencent":
        # The match of names is fuzzy: whoever asks compares them again.
        filters = [{"Name": "image-type", "Values": ["PRIVATE_IMAGE"]}, *([{"Name": "image-name", "Values": [name]}] if name else [])]
        return "DescribeImages", {"Limit": 100, **({"ImageIds": list(ids)} if ids else {"Filters": filters})}
    if cloud == "volcengine":
        # Without a state only usable images are listed.
        params: Dict[str, Any] = {"Status": ["available", "creating", "error"], "MaxResults": 100}
        of_ids = {"ImageIds": list(ids)} if ids else {"Visibility": "private"}
        return "DescribeImages", {**params, **of_ids, **({"ImageName": name} if name else {})}
    return "ListImages", {"limit": 500, **({"id": ids[0]} if ids else {"__imagetype": "private"}), **({"name": name} if name else {})}


def date(headers: Any) -> Optional[int]:
    """The moment that the ``Date`` of an answer tells, in milliseconds since 1970."""
    from email.utils import parsedate_to_datetime

    for name, value in headers:
        if name.lower() == "date":
            with contextlib.suppress(ValueError, TypeError, OverflowError):
                return int(parsedate_to_datetime(value).timestamp() * 1000)
    return None


def effect(cloud: str, operation: str) -> str:
    """What sending an operation does."""
    return next(table["effect"] for table in operations(cloud) if table["name"] == operation)


def unanswered(cloud: str, url: str, lost: str, cause: str) -> Error:
    """A call without an answer, as an error."""
    from urllib.parse import urlsplit

    host = urlsplit(url).netloc
    return Error(
        f"{cloud}: {host} gives no answer: {cause}",
        kind="server",
        code=f"host.{lost}",
        retry="unsure" if lost == "unanswered" else "never",
        hint=f"see `imgferry doctor {cloud}`",
        hint_zh=f"请执行 `imgferry doctor {cloud}` 检查",
    )


def not_listed(cloud: str, region: str, id: str) -> Error:
    """An image that is not there."""
    return Error(
        f"{cloud} lists no image {id} in {region}",
        code="image.not_listed",
        hint="check the image id, its region and the account",
        hint_zh="请检查镜像 ID、所在地域和账号",
    )


def hidden(cloud: str, region: str) -> Error:
    """An answer that leaves images out, so that whether one is there cannot be told."""
    return Error(
        f"{cloud} tells of more images in {region} than it shows",
        kind="protocol",
        code="answer.unexpected",
        retry="backoff",
        hint="ask again; if it lasts, report the answer",
        hint_zh=f"{region} 的镜像列表不完整，请重试；若持续出现，请反馈该响应",
    )
