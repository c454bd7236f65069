"""What `imgferry copy` takes of the processor for thousands of destinations on three clouds, beside the command line as it
was: at the same time, each against a simulator in a process of its own. Counted are seconds of the client's process alone,
user and system. `httpx`, which the command line as it was sends by, must be installed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Dict, List, NamedTuple

import before
from rows import LeftOut, Row

DESTINATIONS = int(os.environ.get("DESTINATIONS", "10000"))
FORMS = ("text", "jsonl")
#: Where the source is, its id with a place for a number, and where the copies go.
PLACES = {
    "tencent": (
        "ap-guangzhou",
        "img-{:08}",
        ("ap-shanghai", "ap-singapore", "ap-beijing", "ap-chengdu", "ap-chongqing", "ap-hongkong", "ap-tokyo", "ap-seoul", "ap-bangkok", "ap-jakarta", "na-ashburn", "eu-frankfurt"),
    ),
    "volcengine": ("cn-beijing", "image-bench{:08}", ("cn-shanghai", "cn-guangzhou", "cn-hongkong")),
    "huawei": (
        "cn-north-4",
        "00000000-0000-4000-8000-0000{:08}",
        ("cn-north-1", "cn-north-2", "cn-east-2", "cn-east-3", "cn-south-1", "cn-southwest-2", "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "af-south-1"),
    ),
}


class Took(NamedTuple):
    seconds: float
    calls: int
    lines: int


def rows() -> List[Row]:
    import imgferry

    before.python()
    sites = [Path(imgferry.__file__).parents[1], before.SITE]
    out = []
    for form in FORMS:
        with ThreadPoolExecutor() as both:
            ours, peer = both.map(lambda site: copied(site, form), sites)
        told, against = (f"{took.seconds:.1f} s, {took.calls:,} calls, {took.lines:,} lines" for took in (ours, peer))
        ratio = ours.seconds / peer.seconds
        out.append(Row("command line", f"CPU of {DESTINATIONS:,} copies, {form}", told, f"{before.COMMIT} {against}", ratio, f"× {before.COMMIT}", at_most=0.333))
    return out


def story(destinations: int) -> "tuple[Dict[str, Any], Dict[str, Any]]":
    """A plan over three clouds in equal parts, and a world in which nothing goes wrong."""
    copies, images = [], []
    for cloud, (source, id, to) in PLACES.items():
        left = destinations // 3
        for number in range(-(-left // len(to))):
            name = f"golden-{number:05}"
            images.append({"cloud": cloud, "region": source, "id": id.format(number), "name": f"base-{number}", "created_ms": 1_700_000_000_000})
            params = {"params": {"agency_name": "ims_copy_image"}} if cloud == "huawei" else {}
            copies.append({"cloud": cloud, "image": id.format(number), "from": source, "to": list(to[:left]), "name": name, **params})
            left -= len(to)
    # Limits that an account of that size would have: else copies would wait for days, five at a time.
    limits = {"tencent.*": 0, "tencent.SyncImages": 0, "tencent.DescribeImages": 0, "volcengine.*": 0, "huawei.*": 0, "huawei.copies": 0}
    world = {"images": images, "catalogue": False, "copy_ms": [20_000, 60_000], "visible_after_ms": 5_000, "progress": "linear", "limits": limits, "quotas": dict.fromkeys(PLACES, 1_000_000)}
    policy = {"active": dict.fromkeys(("huawei", "volcengine"), 10_000), "rates": RATES}
    return {"copies": copies, "policy": policy}, world


#: What such an account would be given.
RATES = {"volcengine.CopyImage": 100, "huawei.CopyImageCrossRegion": 100, "huawei.ShowJobProgress": 100, "huawei.ListImages": 100}


def copied(site: Path, form: str) -> Took:
    """One run of the package in a folder, from start to exit."""
    import imgferry

    plan, world = story(DESTINATIONS)
    ours = str(Path(imgferry.__file__).parents[1])
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "plan.json").write_text(json.dumps(plan))
        (home / "world.json").write_text(json.dumps(world))
        bare = {"PATH": os.environ["PATH"], "HOME": folder, "PYTHONUNBUFFERED": "1"}
        command = [sys.executable, "-m", "imgferry", "sim", "--output", "jsonl", "--scenario", "world.json"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=home, env={**bare, "PYTHONPATH": ours}) as sim:
            try:
                assert sim.stdout
                told = json.loads(sim.stdout.readline())
                keys = {name: key[part] for key in told["credentials"] for name, part in zip(key["environment"], ("id", "secret"))}
                env = {**bare, **keys, "HUAWEICLOUD_SDK_PROJECT_ID": "0" * 32, "PYTHONPATH": str(site)}
                client = [sys.executable, "-m", "imgferry", "copy", "plan.json", "--journal", "run.journal", "--seed", "7"]
                client += ["--output", form, "--endpoint", told["endpoint"]]
                with open(home / "out", "wb") as out, open(home / "err", "wb") as err:
                    process = subprocess.Popen(client, cwd=home, env=env, stdout=out, stderr=err)
                    _, status, usage = os.wait4(process.pid, 0)
                process.returncode = os.waitstatus_to_exitcode(status)
                if process.returncode:
                    raise LeftOut(f"{site}: ended with {process.returncode}: " + (home / "err").read_text()[-2000:])
                with urllib.request.urlopen(told["endpoint"] + "/_sim/ledger") as answer:
                    calls = sum(json.load(answer)["totals"].values())
                lines = sum((home / name).read_bytes().count(b"\n") for name in ("out", "err"))
                return Took(usage.ru_utime + usage.ru_stime, calls, lines)
            finally:
                sim.terminate()
