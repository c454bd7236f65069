"""What a user writes for a replication; mypy --strict and pyright must accept it and infer what is asserted here."""

import copy
import pickle
from typing import List, Literal, Optional, Tuple

import imgferry
from imgferry.params.plan import Plan as PlanForm
from imgferry.types import Event, Report, Row
from imgferry.words import EventKind, LaneState

plan = imgferry.Plan({"copies": [{"cloud": "tencent", "image": "img-1", "from": "ap-guangzhou", "to": ["ap-shanghai"], "name": "golden"}]})
again: imgferry.Plan = pickle.loads(pickle.dumps(plan))
same: bool = again == plan and hash(again) == hash(copy.deepcopy(plan))

job = imgferry.Job(plan, now_ms=1_767_225_600_000, seed=1)
rows: List[Row] = job.rows([0])
state: LaneState = rows[0]["state"]
ready: Literal["ready"] = "ready"
waiting = [row["to"] for row in rows if row["state"] != ready]


def on_event(event: Event) -> None:
    kind: EventKind = event["event"]
    if kind == "failed" and "error" in event:
        print(event["error"]["code"], event.get("lane"))


def journal(lines: str) -> None:
    print(len(lines))


key = imgferry.Credentials("AKIDEXAMPLE", "EXAMPLE-SECRET")
step = job.poll({"tencent": key}, now_ms=1_767_225_600_000)
if isinstance(step, imgferry.Send):
    headers: List[Tuple[str, str]] = step.request.headers
    job.answer(step.id, 200, headers, b"{}", now_ms=1_767_225_600_100)
elif isinstance(step, imgferry.Wait):
    until: int = step.until_ms


def carry_out() -> Report:
    import httpx

    report = imgferry.run(job, {"tencent": key}, send=imgferry.adapters.httpx(httpx.Client()), journal=journal, on_event=on_event)
    image: Optional[str] = report["rows"][0]["image_id"]
    print(image, imgferry.__version__)
    return report


# Wrong names and times without their name are caught before anything runs.
job.poll(1_767_225_600_000, {"tencent": key})  # type: ignore[call-arg, arg-type]
if state == "redy":  # type: ignore[comparison-overlap]
    print("never")

# The form of a plan is a type, too: it goes wherever a plan goes, and a slip of the pen is caught.
form: PlanForm = {
    "copies": [{"cloud": "huawei", "image": "i", "from": "cn-north-4", "to": ["cn-south-1", {"region": "cn-east-3", "name": "x"}], "params": {"agency_name": "a"}}],
    "clouds": {"huawei": {"endpoint": "https://gateway.example.com", "projects": {"cn-north-4": "p"}}},
    "policy": {"poll": "15s", "ambiguity": "stop", "rates": {"huawei.ShowJob": 2.5}},
}
imgferry.Plan(form)
wrong: PlanForm = {"copys": []}  # type: ignore[typeddict-unknown-key]
