"""Large conversions in Python: a listing of 200,000 images beside ``json.loads`` of the same text, and a report of as many rows.

Time is measured in one process, in turns; memory in a process for each, as the most that is resident above what the
text and the interpreter take.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any, Callable, Dict, List

import before
import imgferry
from rows import Row, megabytes, milliseconds
from turns import fastest

COUNT, ROUNDS = 200_000, 3
READ, REPORT = f"read of {COUNT:,} images, Python", f"report() of {COUNT:,} rows, Python"


def rows() -> List[Row]:
    old = before.python()
    text = listing(COUNT)
    read = fastest({"json": lambda: timed(lambda: json.loads(text)), "ours": lambda: timed(lambda: read_with(imgferry, text)), "before": lambda: timed(lambda: read_with(old, text))}, ROUNDS)
    memory = {subject: peak(subject) for subject in ("json", "ours", "before")}
    every = fastest({"ours": lambda: timed(lambda: visited(imgferry, text)), "before": lambda: timed(lambda: visited(old, text))}, 1)
    del text
    jobs = {"ours": job(imgferry), "before": job(old)}
    report = fastest({name: lambda job=made: timed(job.report) for name, made in jobs.items()}, ROUNDS)  # type: ignore[misc]
    return [
        Row(READ, "time", milliseconds(read["ours"]), f"json.loads {milliseconds(read['json'])}", read["ours"] / read["json"], "× json.loads", at_most=10),
        Row(READ, "time", milliseconds(read["ours"]), f"{before.COMMIT} {milliseconds(read['before'])}", read["ours"] / read["before"], f"× {before.COMMIT}"),
        Row(READ, "time, every row looked at", milliseconds(every["ours"]), f"{before.COMMIT} {milliseconds(every['before'])}", every["ours"] / every["before"], f"× {before.COMMIT}"),
        Row(READ, "memory", megabytes(memory["ours"]), f"json.loads {megabytes(memory['json'])}", memory["ours"] / 1e6, "MB", at_most=150),
        Row(READ, "memory", megabytes(memory["ours"]), f"{before.COMMIT} {megabytes(memory['before'])}", memory["ours"] / memory["before"], f"× {before.COMMIT}"),
        Row(REPORT, "time", milliseconds(report["ours"]), f"{before.COMMIT} {milliseconds(report['before'])}", report["ours"] / report["before"], f"× {before.COMMIT}", at_most=0.35),
    ]


def listing(count: int) -> bytes:
    """An answer of DescribeImages as Tencent writes it."""
    images = [
        {
            "ImageId": f"img-{at:08x}",
            "ImageName": f"golden-{at}",
            "ImageType": "PRIVATE_IMAGE",
            "ImageState": "NORMAL",
            "ImageSize": 50,
            "CreatedTime": "2026-01-02T03:04:05Z",
            "OsName": "TencentOS Server 4",
            "Platform": "TencentOS",
            "Architecture": "x86_64",
        }
        for at in range(count)
    ]
    return json.dumps({"Response": {"TotalCount": count, "ImageSet": images, "RequestId": "r-1"}}, separators=(",", ":")).encode()


def read_with(module: ModuleType, text: bytes) -> Any:
    return module.read("tencent", "DescribeImages", 200, {}, text)


def visited(module: ModuleType, text: bytes) -> int:
    """Every image of the listing, looked at once."""
    return sum(image["state"] == "ready" for image in read_with(module, text)["facts"]["items"])


def job(module: ModuleType) -> Any:
    """A job of as many destinations, before its first poll."""
    regions = ["cn-shanghai", "cn-guangzhou", "cn-hongkong", "ap-southeast-1"]
    copies = [{"cloud": "volcengine", "image": f"image-{at:019}", "from": "cn-beijing", "to": regions, "name": f"golden-{at}"} for at in range(COUNT // len(regions))]
    return module.Job(module.Plan({"copies": copies}), now_ms=1_767_225_600_000, seed=7)


def timed(run: Callable[[], Any]) -> float:
    """Seconds of a run; what it gives is thrown away, which takes its time."""
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def peak(subject: str) -> int:
    """The most memory that a subject takes, in bytes, in a process of its own."""
    told = subprocess.run([sys.executable, __file__, subject], check=True, capture_output=True, text=True)
    return int(told.stdout)


def in_use(what: str) -> int:
    """``VmRSS`` or ``VmHWM`` of this process, in bytes."""
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(lines[what].split()[0]) * 1024


if __name__ == "__main__":
    subjects: Dict[str, Callable[[bytes], Any]] = {
        "json": json.loads,
        "ours": lambda text: read_with(imgferry, text),
        "before": lambda text, old=before.python(): read_with(old, text),
    }
    body = listing(COUNT)
    subjects[sys.argv[1]](listing(10))
    Path("/proc/self/clear_refs").write_text("5")
    rest = in_use("VmRSS")
    kept = subjects[sys.argv[1]](body)
    print(in_use("VmHWM") - rest)
