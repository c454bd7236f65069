"""What the released wheel is laid out for: `py/wheels.sh --trained` runs this in a wheel that counts, then compiles by what was counted.

Requests built, signed and taken apart on every cloud; small answers and a listing of many images read; a fleet that is carried
through a simulated storm, and its report. Whatever is not done here still works, and takes what it took before. Seeded, and
without a clock: the same code is counted the same.
"""

from __future__ import annotations

import json
from urllib.parse import urlsplit

from imgferry import At, Done, Job, Plan, Wait, build, read, sim

START = 1_767_225_600_000
REQUESTS, STORIES, IMAGES, POLLS = 100_000, 24, 200, 100_000
CALLS = [
    ("tencent", "SyncImages", At("ap-guangzhou"), {"ImageIds": ["img-o3ycss2p"], "DestinationRegions": ["ap-beijing"], "ImageName": "web"}),
    ("tencent", "DescribeImages", At("ap-guangzhou"), {"ImageIds": ["img-o3ycss2p"]}),
    ("volcengine", "CopyImage", At("cn-beijing"), {"ImageId": "image-4431h3l7hl31a0example", "DestinationRegion": "cn-shanghai", "ImageName": "web"}),
    ("volcengine", "DescribeImages", At("cn-beijing"), {"ImageIds": ["image-4431h3l7hl31a0example"]}),
    (
        "huawei",
        "CopyImageCrossRegion",
        At("cn-north-4", project_id="0123456789abcdef0123456789abcdef"),
        {"image_id": "465076de-dc36-4aec-80f5-ef9d8009428f", "name": "web", "region": "cn-east-3", "project_name": "cn-east-3", "agency_name": "ims_copy_image"},
    ),
    ("huawei", "ListImages", At("cn-north-4"), {"id": "465076de-dc36-4aec-80f5-ef9d8009428f"}),
]
PLAN = {
    "copies": [
        {"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "to": ["ap-shanghai", "ap-beijing", "ap-singapore"], "name": "web"},
        {"cloud": "volcengine", "image": "image-4431h3l7hl31a0example", "from": "cn-beijing", "to": ["cn-shanghai", "cn-guangzhou"], "name": "web"},
        {
            "cloud": "huawei",
            "image": "465076de-dc36-4aec-80f5-ef9d8009428f",
            "from": "cn-north-4",
            "to": ["cn-south-1", "cn-east-3"],
            "name": "web",
            "params": {"agency_name": "ims_copy_image"},
        },
    ],
}


def main() -> None:
    requests()
    for seed in range(STORIES):
        story(seed)
    listing()


def requests() -> None:
    keys = sim.credentials()
    for at in range(REQUESTS):
        for cloud, operation, place, params in CALLS:
            request = build(cloud, operation, dict(params), place).sign(keys[cloud], time_ms=START + 50 * at)
            _ = request.method, request.url, request.headers, request.body


def story(seed: int) -> None:
    """A job from its plan to its report, its answers those of clouds that throttle and lose one now and then."""
    faults = dict.fromkeys(("lost_after", "http_500_after", "throttle"), seed % 3 / 100)
    world = sim.World({"seed": seed, "busy_source": seed % 2 == 0, "faults": faults}, now_ms=START)
    job, keys, now = Job(Plan(PLAN), now_ms=START, seed=seed), sim.credentials(), START
    for _ in range(POLLS):
        step = job.poll(keys, now_ms=now)
        job.take_journal()
        job.take_events()
        if isinstance(step, Done):
            job.report()
            return
        if isinstance(step, Wait):
            now = step.until_ms
            continue
        request = step.request
        url = urlsplit(request.url)
        target = f"{url.path}?{url.query}" if url.query else url.path
        answer = world.handle(request.method, target, [("Host", url.netloc), *request.headers], request.body, now_ms=now)
        if answer is None:
            job.lost(step.id, "unanswered", now_ms=now)
        else:
            job.answer(step.id, *answer[:3], now_ms=now)
    raise SystemExit(f"story {seed} did not end")


def listing() -> None:
    image = {"ImageName": "web", "ImageType": "PRIVATE_IMAGE", "ImageState": "NORMAL", "ImageSize": 50, "CreatedTime": "2026-01-02T03:04:05Z"}
    images = [{"ImageId": f"img-{at:08x}", **image} for at in range(IMAGES)]
    body = json.dumps({"Response": {"TotalCount": IMAGES, "ImageSet": images, "RequestId": "r-1"}})
    if sum(row["state"] == "ready" for row in read("tencent", "DescribeImages", 200, {}, body)["facts"]["items"]) != IMAGES:
        raise SystemExit("not every image of the listing is ready")
    copies = [{"cloud": "volcengine", "image": f"image-{at:019}", "from": "cn-beijing", "to": ["cn-shanghai"], "name": f"web-{at}"} for at in range(IMAGES)]
    Job(Plan({"copies": copies}), now_ms=START, seed=0).report()


main()
