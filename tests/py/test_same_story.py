"""The spec of tests/rust/src/same_story.rs in Python: a thousand seeded jobs tell the same story as in Rust."""

from __future__ import annotations

import json
import subprocess
from hashlib import sha256
from pathlib import Path
from typing import Any, Dict, List
from urllib.parse import urlsplit

from imgferry import Done, Job, Plan, Wait, sim

STORIES = 1000
START = 1_767_225_600_000
POLLS = 20_000


def test_the_same_story_in_python_and_rust() -> None:
    command = ["cargo", "run", "-q", "-p", "imgferry-tests", "--profile", "test", "--example", "same_story", "--", str(STORIES)]
    told = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True).stdout.splitlines()
    assert len(told) == STORIES
    for line in told:
        seed, *expected = line.split(" ")
        for what, ours, theirs in zip(("requests", "events", "journal", "report"), tell(int(seed)), expected):
            assert ours == theirs, f"{what} of story {seed}"


def tell(seed: int) -> List[str]:
    """The hashes of the story of a seed: requests, events, journal, report."""
    world = sim.World(scenario_of(seed), now_ms=START)
    job = Job(Plan(plan_of(seed)), now_ms=START, seed=seed)
    keys = sim.credentials()
    now = START
    requests: List[str] = []
    events: List[str] = []
    journal: List[str] = []

    def take() -> None:
        journal.append(job.take_journal())
        events.extend(f"{canonical(event)}\n" for event in job.take_events())

    for _ in range(POLLS):
        step = job.poll(keys, now_ms=now)
        take()
        if isinstance(step, Done):
            texts = ("".join(requests), "".join(events), "".join(journal), f"{canonical(job.report())}\n")
            return [sha256(text.encode()).hexdigest() for text in texts]
        if isinstance(step, Wait):
            now = step.until_ms
            continue
        request = step.request
        headers = "".join(f"{name}: {value}\n" for name, value in request.headers)
        requests.append(f"{request.method} {request.url}\n{headers}\n{request.body}\n")
        url = urlsplit(request.url)
        target = f"{url.path}?{url.query}" if url.query else url.path
        answer = world.handle(request.method, target, [("Host", url.netloc), *request.headers], request.body, now_ms=now)
        if answer is None or answer[3] > step.timeout_ms:
            job.lost(step.id, "unanswered", now_ms=now)
        else:
            job.answer(step.id, *answer[:3], now_ms=now)
        take()
    raise AssertionError(f"the story {seed} did not end")


def scenario_of(seed: int) -> Dict[str, Any]:
    chance = (seed % 6) / 100
    faults = ("lost_after", "lost_before", "http_500_after", "throttle", "garbage", "html_502", "timeout_after")
    return {
        "seed": seed,
        "copy_ms": [20_000, 20_000 + 1000 * (seed % 200)],
        "visible_after_ms": 1000 * (seed % 7),
        "busy_source": seed % 2 == 0,
        "faults": {fault: chance for fault in faults},
    }


def plan_of(seed: int) -> Dict[str, Any]:
    def copy(cloud: str, image: str, source: str, *to: str, **more: Any) -> Dict[str, Any]:
        return {"cloud": cloud, "image": image, "from": source, "to": list(to[: 1 + seed % len(to)]), "name": f"golden-{seed}", **more}

    return {
        "copies": [
            copy("tencent", "img-o3ycss2p", "ap-guangzhou", "ap-shanghai", "ap-beijing", "ap-singapore"),
            copy("volcengine", "image-4431h3l7hl31a0example", "cn-beijing", "cn-shanghai", "cn-guangzhou"),
            copy(
                "huawei",
                "465076de-dc36-4aec-80f5-ef9d8009428f",
                "cn-north-4",
                "cn-south-1",
                "cn-east-3",
                "ap-southeast-3",
                params={"agency_name": "ims_copy_image"},
            ),
        ],
        "policy": {"poll": "5s", "settle": "30s", "concurrency": 1 + seed % 4, "launches": 50},
    }


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
