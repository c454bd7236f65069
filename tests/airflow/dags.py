"""What the test runs in Airflow."""

from __future__ import annotations

import os
from datetime import timedelta

from airflow.sdk import DAG, task

from imgferry.engines.airflow import FerryOperator

ENDPOINT = os.environ["FERRY_ENDPOINT"]


def plan(to: "list[str]", **policy: object) -> "dict[str, object]":
    copies = [{"cloud": "tencent", "image": "{{ params.image }}", "from": "ap-guangzhou", "to": to, "name": "{{ dag.dag_id }}-{{ params.suffix }}"}]
    return {"clouds": {"tencent": {"endpoint": ENDPOINT}}, "copies": copies, "policy": {"poll": "500ms", "settle": "3s", **policy}}


def dag(name: str) -> DAG:
    return DAG(name, schedule=None, params={"image": "img-o3ycss2p", "suffix": "one"})


@task
def shown(report: "dict[str, object]") -> "dict[str, object]":
    """What the next task gets."""
    return report["counts"]  # type: ignore[return-value]


with dag("calm"):
    copied = FerryOperator(task_id="copy", plan=plan(["ap-shanghai", "ap-beijing"]))
    shown(copied.output)

with dag("retried"):
    # Each try waits for less than a copy takes.
    FerryOperator(task_id="copy", plan=plan(["ap-shanghai"], lane_deadline="4s"), retries=8, retry_delay=timedelta(seconds=1))

with dag("killed"):
    # Two launches, and none for a long time.
    FerryOperator(task_id="copy", plan=plan(["ap-shanghai", "ap-beijing", "ap-tokyo", "ap-seoul"], rates={"tencent.SyncImages": 0.01}))
