"""One table: building and signing in Rust and Python beside what others need, import time, sizes.

All subjects of a comparison run in turns within one process, so that a slow moment of the machine hits all of them;
the fastest turn of each counts. Nothing is sent: the vendors' clients are stopped where they would open a connection.
"""

from __future__ import annotations

import importlib.metadata
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Callable, Dict, List, Tuple

import imgferry
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdkims.v2 import CopyImageCrossRegionRequest, CopyImageCrossRegionRequestBody, ImsClient
from tencentcloud.common.credential import Credential
from tencentcloud.cvm.v20170312 import cvm_client, models
from volcenginesdkcore import ApiClient, Configuration
from volcenginesdkecs import CopyImageRequest, ECSApi

ROOT = Path(__file__).parents[2]
TURNS, A_TURN_S = 40, 0.005
PROJECT = "0123456789abcdef0123456789abcdef"
#: Distributions that a vendor's client is made of, beside what it shares with others.
DISTRIBUTIONS = {
    "imgferry": ["imgferry"],
    "tencent": ["tencentcloud-sdk-python-cvm", "tencentcloud-sdk-python-common"],
    "volcengine": ["volcenginesdk-ecs", "volcenginesdk-core"],
    "huawei": ["huaweicloudsdkims", "huaweicloudsdkcore"],
}
IMPORTS = {
    "imgferry": "import imgferry",
    "tencent": "from tencentcloud.cvm.v20170312 import cvm_client",
    "volcengine": "import volcenginesdkecs",
    "huawei": "import huaweicloudsdkims.v2",
}


class Stopped(Exception):
    """Where a vendor's client would open a connection."""


def stop(*_: Any, **__: Any) -> Any:
    raise Stopped


def main() -> None:
    rows = [*rust(), *python(), *imports(), *sizes()]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for row in rows:
        print("  ".join(cell.ljust(size) for cell, size in zip(row, widths)).rstrip())


Row = Tuple[str, str, str, str]


def rust() -> List[Row]:
    """What the benchmark of the core prints: beside the bare compressions and another cloud's signer."""
    command = ["cargo", "run", "--quiet", "--release", "--package", "imgferry-bench"]
    rows: List[Row] = [("build and sign in Rust", "imgferry", "bare SHA-256 · aws-sigv4", "times bare (budget 1.5)")]
    for line in subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout.splitlines():
        told = json.loads(line)
        others = f"{told['bare_ns'] / 1000:.2f} · {told['aws_sigv4_sign_ns'] / 1000:.2f} µs"
        rows.append((told["operation"], f"{told['build_and_sign_ns'] / 1000:.2f} µs", others, f"{told['times_bare']:.1f}"))
    return rows


def python() -> List[Row]:
    """The same call, by us and by each vendor's own client; ours checks every documented rule as well."""
    rows: List[Row] = [("", "", "", ""), ("check, build and sign in Python", "imgferry", "the vendor's client", "times faster (budget 8)")]
    for name, ours, theirs in (tencent(), volcengine(), huawei()):
        mine, other = in_turns(ours, theirs)
        rows.append((name, f"{mine:.2f} µs", f"{other:.1f} µs", f"{other / mine:.1f}"))
    return rows


def tencent() -> Tuple[str, Callable[[], Any], Callable[[], Any]]:
    client = cvm_client.CvmClient(Credential("AKIDEXAMPLE", "EXAMPLE-SECRET-NOT-REAL"), "ap-beijing")
    client.request.send_request = stop
    names, regions = ["img-o3ycss2p"], ["ap-guangzhou"]

    def theirs() -> None:
        request = models.SyncImagesRequest()
        request.ImageIds, request.DestinationRegions, request.ImageName, request.ImageSetRequired = names, regions, "golden-2026.08", True
        try:
            client.SyncImages(request)
        except Exception:  # its own, made of ours
            pass

    params = {"ImageIds": names, "DestinationRegions": regions, "ImageName": "golden-2026.08", "ImageSetRequired": True}
    return "SyncImages", ours("tencent", "SyncImages", params, imgferry.At("ap-beijing")), theirs


def volcengine() -> Tuple[str, Callable[[], Any], Callable[[], Any]]:
    configuration = Configuration()
    configuration.ak, configuration.sk, configuration.region = "AKLTEXAMPLE", "EXAMPLE-SECRET-NOT-REAL", "cn-beijing"
    api = ECSApi(ApiClient(configuration))
    api.api_client.rest_client.request = stop

    def theirs() -> None:
        request = CopyImageRequest(image_id="image-4431h3l7hl31a0example", destination_region="cn-shanghai", image_name="golden-2026.08")
        try:
            api.copy_image(request)
        except Stopped:
            pass

    params = {"ImageId": "image-4431h3l7hl31a0example", "DestinationRegion": "cn-shanghai", "ImageName": "golden-2026.08"}
    return "CopyImage", ours("volcengine", "CopyImage", params, imgferry.At("cn-beijing")), theirs


def huawei() -> Tuple[str, Callable[[], Any], Callable[[], Any]]:
    # A user agent is given because the default one writes a file below the home directory.
    builder = ImsClient.new_builder().with_http_config(HttpConfig(user_agent="bench")).with_endpoint("https://ims.cn-north-4.myhuaweicloud.com")
    client = builder.with_credentials(BasicCredentials("HWAKEXAMPLE", "EXAMPLE-SECRET-NOT-REAL", PROJECT)).build()
    client.get_http_client().do_request_sync = stop
    image = "465076de-dc36-4aec-80f5-ef9d8009428f"
    fields = {"name": "golden-2026.08", "region": "cn-east-3", "project_name": "cn-east-3", "agency_name": "ims_copy_image"}

    def theirs() -> None:
        try:
            client.copy_image_cross_region(CopyImageCrossRegionRequest(image_id=image, body=CopyImageCrossRegionRequestBody(**fields)))
        except Stopped:
            pass

    at = imgferry.At("cn-north-4", project_id=PROJECT)
    return "CopyImageCrossRegion", ours("huawei", "CopyImageCrossRegion", {"image_id": image, **fields}, at), theirs


def ours(cloud: Any, operation: Any, params: Any, at: imgferry.At) -> Callable[[], Any]:
    credentials = imgferry.Credentials("AKIDEXAMPLE", "EXAMPLE-SECRET-NOT-REAL")
    return lambda: imgferry.build(cloud, operation, dict(params), at).sign(credentials, time_ms=1_716_292_800_000)


def in_turns(*subjects: Callable[[], Any]) -> List[float]:
    """Microseconds a call: the fastest of many turns, taken alternately."""
    counts = []
    for subject in subjects:
        start, count = time.perf_counter(), 0
        while time.perf_counter() - start < A_TURN_S:
            subject()
            count += 1
        counts.append(count)
    fastest = [float("inf")] * len(subjects)
    for _ in range(TURNS):
        for index, (subject, count) in enumerate(zip(subjects, counts)):
            start = time.perf_counter()
            for _ in range(count):
                subject()
            fastest[index] = min(fastest[index], (time.perf_counter() - start) / count)
    return [seconds * 1e6 for seconds in fastest]


def imports() -> List[Row]:
    """A cold interpreter that imports, minus one that does not; medians of processes started in turns."""

    def started(code: str) -> float:
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        return time.perf_counter() - start

    times: Dict[str, List[float]] = {name: [] for name in ("", *IMPORTS)}
    for _ in range(15):
        for name in times:
            times[name].append(started(IMPORTS.get(name, "pass")))
    bare = statistics.median(times.pop(""))
    cells = {name: f"{(statistics.median(taken) - bare) * 1000:.1f} ms" for name, taken in times.items()}
    return [("", "", "", ""), ("import (budget 5 ms)", "imgferry", "tencent · volcengine · huawei", ""), ("", *beside(cells), "")]


def sizes() -> List[Row]:
    """Files as installed, bytecode left out, and how many of them."""
    cells = {}
    for name, distributions in DISTRIBUTIONS.items():
        files = [file for text in distributions for file in importlib.metadata.files(text) or [] if file.suffix != ".pyc"]
        bytes_ = sum(Path(str(file.locate())).stat().st_size for file in files if Path(str(file.locate())).is_file())
        cells[name] = f"{bytes_ / 1e6:.1f} MB in {len(files)} files"
    wheel = max((ROOT / "target" / "wheels").glob("imgferry-*.whl"), key=lambda file: file.stat().st_mtime)
    size = f"wheel {wheel.stat().st_size / 1e6:.2f} MB (budget 1.5)"
    return [("", "", "", ""), ("installed", "imgferry", "tencent · volcengine · huawei", ""), (size, *beside(cells), "")]


def beside(cells: Dict[str, str]) -> Tuple[str, str]:
    return cells.pop("imgferry"), " · ".join(cells.values())


if __name__ == "__main__":
    main()
