"""Build and sign one copy in Python: ours, and ours as it was, against each vendor's client, stopped where its HTTP library is handed the request.

All in one process, in turns; what is told is the median turn. The clients are made once, as a program would. Ours checks
every documented rule on the way; theirs check none.
"""

from __future__ import annotations

import time
from types import ModuleType
from typing import Any, Callable, Dict, List, NoReturn, Tuple

import before
import imgferry
from huaweicloudsdkims.v2 import CopyImageCrossRegionRequest, CopyImageCrossRegionRequestBody
from rows import Row, microseconds
from tencentcloud.cvm.v20170312 import models
from turns import medians as medians_of
from vendors import Key, huawei, tencent, volcengine
from volcenginesdkecs import CopyImageRequest

ROUNDS, RUNS = 41, 100
KEY = Key("AKEXAMPLE", "EXAMPLE-SECRET-NOT-REAL")
PROJECT = "0123456789abcdef0123456789abcdef"
#: Times that each vendor's client must take.
BUDGETS = {"tencent": 12, "volcengine": 30, "huawei": 25}


class Stop(BaseException):
    """In place of sending. Not an ``Exception``: the clients catch and wrap those."""


class Watch:
    """Adds up the time from a call to the moment when the request is handed over; what comes after is not counted."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.started = 0.0

    def stop(self, *_: Any, **__: Any) -> NoReturn:
        self.seconds += time.perf_counter() - self.started
        raise Stop


def rows() -> List[Row]:
    """Two rows a cloud: beside the vendor's client, and beside ourselves as we were."""
    subjects: Dict[str, Callable[[], float]] = {}
    for cloud, theirs in THEIRS.items():
        subjects[f"ours {cloud}"] = many(ours(imgferry, cloud))
        subjects[f"before {cloud}"] = many(ours(before.python(), cloud))
        subjects[cloud] = many(theirs())
    medians = medians_of(subjects, ROUNDS)
    rows = []
    for cloud, (operation, package) in {
        "tencent": ("SyncImages", "tencentcloud-sdk"),
        "volcengine": ("CopyImage", "volcenginesdk"),
        "huawei": ("CopyImageCrossRegion", "huaweicloudsdk"),
    }.items():
        mine, old, theirs = (medians[name] for name in (f"ours {cloud}", f"before {cloud}", cloud))
        group, what, told = "check, build and sign, Python", f"{cloud} {operation}", microseconds(mine)
        rows.append(Row(group, what, told, f"{package} {microseconds(theirs)}", theirs / mine, "× faster", at_least=BUDGETS[cloud]))
        rows.append(Row(group, what, told, f"{before.COMMIT} {microseconds(old)}", mine / old, f"× {before.COMMIT}"))
    return rows


def many(subject: Callable[[], float]) -> Callable[[], float]:
    """Seconds a run, of many in a turn."""
    return lambda: sum(subject() for _ in range(RUNS)) / RUNS


# Ours: everything that an HTTP client needs is taken out of the request.


def ours(module: ModuleType, cloud: str) -> Callable[[], float]:
    operation, region, params, place = PARAMS[cloud]
    at, credentials, build = module.At(region, **place), module.Credentials(KEY.id, KEY.secret), module.build

    def run() -> float:
        started = time.perf_counter()
        request = build(cloud, operation, params(), at).sign(credentials, time_ms=int(time.time() * 1000))
        _ = request.method, request.url, request.headers, request.body
        return time.perf_counter() - started

    return run


Params = Callable[[], Dict[str, Any]]
#: Operation, region and parameters of each cloud, and what else says where.
PARAMS: Dict[str, Tuple[str, str, Params, Dict[str, str]]] = {
    "tencent": (
        "SyncImages",
        "ap-guangzhou",
        lambda: {"ImageIds": ["img-o3ycss2p"], "DestinationRegions": ["ap-beijing"], "ImageName": "web", "ImageSetRequired": True},
        {},
    ),
    "volcengine": (
        "CopyImage",
        "cn-beijing",
        lambda: {"ImageId": "image-4431h3l7hl31a0example", "DestinationRegion": "cn-shanghai", "ImageName": "web", "Description": "of web"},
        {},
    ),
    "huawei": (
        "CopyImageCrossRegion",
        "cn-north-4",
        lambda: {
            "image_id": "465076de-dc36-4aec-80f5-ef9d8009428f",
            "name": "web",
            "description": "of web",
            "region": "cn-east-3",
            "project_name": "cn-east-3",
            "agency_name": "ims_copy_image",
        },
        {"project_id": PROJECT},
    ),
}


# Theirs: the same parameters in their own models.


def timed(watch: Watch, call: Callable[[], Any]) -> Callable[[], float]:
    def run() -> float:
        watch.seconds, watch.started = 0.0, time.perf_counter()
        try:
            call()
        except Stop:
            pass
        return watch.seconds

    return run


def their_tencent() -> Callable[[], float]:
    watch, client = Watch(), tencent(KEY, "ap-guangzhou", "cvm.tencentcloudapi.com", scheme="https")
    client.request.conn._session.request = watch.stop

    def call() -> None:
        request = models.SyncImagesRequest()
        request.ImageIds, request.DestinationRegions = ["img-o3ycss2p"], ["ap-beijing"]
        request.ImageName, request.ImageSetRequired = "web", True
        client.SyncImages(request)

    return timed(watch, call)


def their_volcengine() -> Callable[[], float]:
    watch, client = Watch(), volcengine(KEY, "cn-beijing", "open.volcengineapi.com", scheme="https")
    client.api_client.rest_client.pool_manager.urlopen = watch.stop

    def call() -> None:
        client.copy_image(
            CopyImageRequest(image_id="image-4431h3l7hl31a0example", destination_region="cn-shanghai", image_name="web", description="of web")
        )

    return timed(watch, call)


def their_huawei() -> Callable[[], float]:
    watch, client = Watch(), huawei(KEY, PROJECT, "ims.cn-north-4.myhuaweicloud.com", scheme="https")
    client.get_http_client()._session.post = watch.stop

    def call() -> None:
        body = CopyImageCrossRegionRequestBody(
            agency_name="ims_copy_image", description="of web", name="web", project_name="cn-east-3", region="cn-east-3"
        )
        client.copy_image_cross_region(CopyImageCrossRegionRequest(image_id="465076de-dc36-4aec-80f5-ef9d8009428f", body=body))

    return timed(watch, call)


THEIRS = {"tencent": their_tencent, "volcengine": their_volcengine, "huawei": their_huawei}
