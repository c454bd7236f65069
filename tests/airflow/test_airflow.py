"""The operator and the trigger in a real Airflow: scheduler, triggerer, API server and DAG processor, on SQLite.

`make test-airflow` runs it: Airflow is in an environment of its own, target/airflow.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Optional

import pytest
from imgferry import fleet, sim, store

HERE = Path(__file__).parent
BIN = HERE.parents[1] / "target/airflow/bin"
SLOW_MS = 8_000


class Airflow:
    """A running Airflow in a folder of its own."""

    def __init__(self, home: Path, endpoint: str) -> None:
        self.home = home
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        (home / "dags").mkdir()
        shutil.copy(HERE / "dags.py", home / "dags/dags.py")
        self.journals = f"sqlite:///{home / 'ferry.sqlite'}"
        self.environment = {
            "PATH": f"{BIN}:{os.environ['PATH']}",
            "HOME": str(home),
            "AIRFLOW_HOME": str(home),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
            "AIRFLOW__CORE__PARALLELISM": "4",
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{self.port}/execution/",
            "AIRFLOW__API__PORT": str(self.port),
            "AIRFLOW__API__HOST": "127.0.0.1",
            "AIRFLOW__API__WORKERS": "1",
            "AIRFLOW__API__BASE_URL": f"http://127.0.0.1:{self.port}",
            "AIRFLOW__SCHEDULER__SCHEDULER_HEARTBEAT_SEC": "1",
            "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
            "FERRY_ENDPOINT": endpoint,
            "IMGFERRY_DATABASE": self.journals,
            "TENCENTCLOUD_SECRET_ID": "AKIDEXAMPLE",
            "TENCENTCLOUD_SECRET_KEY": "EXAMPLE-SECRET-TENCENT",
            "no_proxy": "127.0.0.1",
        }
        self.log = open(home / "standalone.log", "wb")
        self.process = subprocess.Popen(
            [str(BIN / "airflow"), "standalone"], env=self.environment, cwd=home, stdout=self.log, stderr=self.log, start_new_session=True
        )
        self.token = ""

    def call(self, method: str, path: str, body: Optional[Dict[str, Any]] = None) -> Any:
        headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {self.token}"} if self.token else {})}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data, headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read() or b"null")

    def wait(self, what: str, seconds: float, holds: Callable[[], Any]) -> Any:
        until = time.monotonic() + seconds
        trouble: object = None
        while time.monotonic() < until:
            assert self.process.poll() is None, f"Airflow ended: {self.tail()}"
            try:
                found = holds()
                if found:
                    return found
            except (OSError, KeyError) as error:
                trouble = error
            time.sleep(0.5)
        raise AssertionError(f"{what}: not within {seconds} s: {trouble}\n{self.tail()}")

    def tail(self) -> str:
        return (self.home / "standalone.log").read_text(errors="replace")[-4000:]

    def ready(self) -> None:
        def known() -> bool:
            if not self.token:
                self.token = self.call("GET", "/auth/token")["access_token"]
            health = self.call("GET", "/api/v2/monitor/health")
            dags = {dag["dag_id"] for dag in self.call("GET", "/api/v2/dags")["dags"]}
            return dags == {"calm", "retried", "killed"} and all(health[part]["status"] == "healthy" for part in ("scheduler", "triggerer", "dag_processor"))

        self.wait("Airflow", 300, known)

    def start(self, dag: str, **params: str) -> None:
        self.call("PATCH", f"/api/v2/dags/{dag}", {"is_paused": False})
        self.call("POST", f"/api/v2/dags/{dag}/dagRuns", {"dag_run_id": "r:1", "logical_date": None, "conf": params})

    def task(self, dag: str, task: str = "copy") -> Any:
        return self.call("GET", f"/api/v2/dags/{dag}/dagRuns/r:1/taskInstances/{task}")

    def ended(self, dag: str, task: str = "copy", seconds: float = 240) -> str:
        state = self.wait(f"{dag}.{task}", seconds, lambda: (found := self.task(dag, task)["state"]) in ("success", "failed") and found)
        return str(state)

    def xcom(self, dag: str, task: str = "copy") -> Any:
        value = self.call("GET", f"/api/v2/dags/{dag}/dagRuns/r:1/taskInstances/{task}/xcomEntries/return_value?deserialize=true")["value"]
        return json.loads(value) if isinstance(value, str) else value

    def close(self) -> None:
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.log.close()


@pytest.fixture(scope="module")
def clouds() -> Iterator[sim.Server]:
    with sim.Server({"copy_ms": SLOW_MS, "visible_after_ms": 500}) as server:
        yield server


@pytest.fixture(scope="module")
def airflow(tmp_path_factory: pytest.TempPathFactory, clouds: sim.Server) -> Iterator[Airflow]:
    if not (BIN / "airflow").exists():
        pytest.skip("needs Airflow in target/airflow: make test-airflow")
    running = Airflow(tmp_path_factory.mktemp("airflow"), clouds.url)
    try:
        running.ready()
        yield running
    finally:
        running.close()


def images(clouds: sim.Server, prefix: str) -> List[int]:
    return [len(lane["images"]) for lane in clouds.world.ledger()["lanes"] if lane["name"].startswith(prefix)]


def test_a_templated_plan_is_carried_out_and_its_report_handed_on(airflow: Airflow, clouds: sim.Server) -> None:
    airflow.start("calm", suffix="templated")
    assert airflow.ended("calm") == "success"
    report = airflow.xcom("calm")
    assert report["counts"] == {"ready": 2} and {row["name"] for row in report["rows"]} == {"calm-templated"}
    assert airflow.ended("calm", "shown") == "success" and airflow.xcom("calm", "shown") == {"ready": 2}
    assert images(clouds, "calm-templated") == [1, 1]


def test_a_retry_goes_on_with_what_was_begun(airflow: Airflow, clouds: sim.Server) -> None:
    airflow.start("retried")
    assert airflow.ended("retried") == "success"
    assert airflow.task("retried")["try_number"] > 1
    assert airflow.xcom("retried")["rows"][0]["launches"] == 1
    assert images(clouds, "retried-") == [1]


def test_a_task_that_is_marked_failed_launches_nothing_more(airflow: Airflow, clouds: sim.Server) -> None:
    airflow.start("killed")
    airflow.wait("deferred", 120, lambda: airflow.task("killed")["state"] == "deferred")
    kept = store.open(airflow.journals)
    airflow.wait("a turn", 60, lambda: any(standing.epoch for standing in kept.standings() if "killed" in standing.fleet))
    airflow.call("PATCH", "/api/v2/dags/killed/dagRuns/r:1/taskInstances/copy", {"new_state": "failed"})
    (standing,) = airflow.wait("its end", 120, lambda: [found for found in kept.standings() if "killed" in found.fleet and found.state == "ended"])
    assert standing.cancel
    counts = fleet.report(kept, standing.id)["counts"]
    kept.close()
    assert set(counts) <= {"cancelled", "unfinished"} and sum(counts.values()) == 4
    launched = images(clouds, "killed-")
    time.sleep(5)
    assert images(clouds, "killed-") == launched and all(count == 1 for count in launched)
    assert clouds.world.ledger()["violations"] == []
