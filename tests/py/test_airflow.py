"""The operator and the trigger for Airflow, without Airflow: `make test-airflow` runs them in a real one."""

from __future__ import annotations

import asyncio
import sys
import types
from pathlib import Path
from typing import Any, Dict, Iterator

import imgferry
import pytest
from conftest import KEYS
from imgferry import fleet, sim, store


class Deferred(Exception):
    """What Airflow raises to take the worker back."""


class Base:
    def __init__(self, **options: Any) -> None:
        self.options = options
        self.log = types.SimpleNamespace(error=lambda *_: None)

    def defer(self, **options: Any) -> None:
        raise Deferred(options)


class Event:
    def __init__(self, payload: Any) -> None:
        self.payload = payload


@pytest.fixture
def airflow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The module, on the names of Airflow that it uses."""
    failures = {name: type(name, (Exception,), {}) for name in ("AirflowException", "AirflowFailException")}
    names: Dict[str, Dict[str, Any]] = {
        "airflow": {},
        "airflow.sdk": {"BaseOperator": Base},
        "airflow.sdk.exceptions": failures,
        "airflow.triggers": {},
        "airflow.triggers.base": {"BaseTrigger": Base, "TriggerEvent": Event},
    }
    for name, values in names.items():
        module = types.ModuleType(name)
        module.__dict__.update(values)
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.delitem(sys.modules, "imgferry.engines.airflow", raising=False)
    for name, value in {**KEYS, "TENCENTCLOUD_SECRET_KEY": "EXAMPLE-SECRET-TENCENT"}.items():
        monkeypatch.setenv(name, value)
    import imgferry.engines.airflow as module_of_ours

    yield module_of_ours
    del sys.modules["imgferry.engines.airflow"]


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'airflow.sqlite'}"


class Instance:
    """A task instance."""

    dag_id, run_id, task_id, map_index = "golden", "manual__2026-11-28T00:00:00+00:00", "copy", -1

    def __init__(self) -> None:
        self.pushed: Dict[str, Any] = {}

    def xcom_push(self, key: str, value: Any) -> None:
        self.pushed[key] = value


def plan(clouds: sim.Server, **policy: Any) -> Dict[str, Any]:
    copies = [{"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "to": ["ap-shanghai", "ap-beijing"], "name": "golden"}]
    return {"clouds": {"tencent": {"endpoint": clouds.url}}, "copies": copies, "policy": {"poll": "200ms", "settle": "2s", **policy}}


def deferred(operator: Any, context: Dict[str, Any]) -> Any:
    """The trigger of a task, as Airflow makes it again from what was serialised."""
    with pytest.raises(Deferred) as given:
        operator.execute(context)
    trigger = given.value.args[0]["trigger"]
    path, arguments = trigger.serialize()
    assert path == "imgferry.engines.airflow.FerryTrigger" and given.value.args[0]["method_name"] == "execute_complete"
    return type(trigger)(**arguments)


async def fired(trigger: Any) -> Any:
    events = [event.payload async for event in trigger.run()]
    assert len(events) == 1
    return events[0]


def test_a_task_is_carried_by_its_trigger(airflow: Any, url: str) -> None:
    with sim.Server({"copy_ms": [200, 400], "visible_after_ms": 100}) as clouds:
        operator = airflow.FerryOperator(task_id="copy", plan=plan(clouds), database=url)
        context = {"ti": Instance()}
        event = asyncio.run(fired(deferred(operator, context)))
        report = operator.execute_complete(context, event)
        assert report["counts"] == {"ready": 2}
        assert [len(lane["images"]) for lane in clouds.world.ledger()["lanes"]] == [1, 1]


def test_a_retry_goes_on_with_what_was_begun(airflow: Any, url: str) -> None:
    with sim.Server({"copy_ms": 5000, "visible_after_ms": 100}) as clouds:
        operator = airflow.FerryOperator(task_id="copy", plan=plan(clouds, lane_deadline="2s"), database=url)
        context = {"ti": Instance()}
        tries = 0
        while True:
            tries += 1
            event = asyncio.run(fired(deferred(operator, context)))
            try:
                report = operator.execute_complete(context, event)
                break
            except airflow.AirflowException:
                assert context["ti"].pushed["return_value"]["exit_code"] == 6 and tries < 9
        assert tries > 1 and report["counts"] == {"ready": 2}
        assert [row["launches"] for row in report["rows"]] == [1, 1]
        assert [len(lane["images"]) for lane in clouds.world.ledger()["lanes"]] == [1, 1]


def test_a_task_that_is_ended_launches_nothing_more(airflow: Any, url: str) -> None:
    with sim.Server() as clouds:
        operator = airflow.FerryOperator(task_id="copy", plan=plan(clouds), database=url)
        trigger = deferred(operator, {"ti": Instance()})
        asyncio.run(trigger.on_kill())
        kept = store.open(url)
        (standing,) = kept.standings()
        assert standing.state == "ended" and fleet.report(kept, standing.id)["counts"] == {"cancelled": 2}
        # Cleared, it is tried anew: from there.
        deferred(operator, {"ti": Instance()})
        (standing,) = kept.standings()
        assert (standing.state, standing.cancel, standing.run) == ("open", False, 2)
        operator.on_kill()
        assert kept.standings()[0].cancel
        kept.close()


def test_a_key_that_is_not_there_is_waited_for(airflow: Any, url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("TENCENTCLOUD_SECRET_ID")
    monkeypatch.delenv("TENCENTCLOUD_SECRET_KEY")
    monkeypatch.setenv("HOME", str(tmp_path))
    kept = store.open(url)
    with sim.Server() as clouds:
        fleet.begin(kept, imgferry.Plan(plan(clouds)), name="x")
        assert airflow.FerryTrigger(["x:tencent:default"], url)._turn(kept, "x:tencent:default") == airflow.KEYLESS_S
        assert not clouds.world.ledger()["calls"]
    kept.close()


def test_what_no_retry_mends(airflow: Any, url: str) -> None:
    for wrong in ({"copies": [{"cloud": "tencent"}]}, "[1]", {"copies": []}):
        with pytest.raises(airflow.AirflowFailException):
            airflow.FerryOperator(task_id="copy", plan=wrong, database=url).execute({"ti": Instance()})
    with pytest.raises(airflow.AirflowException, match="IMGFERRY_DATABASE"):
        airflow.FerryOperator(task_id="copy", plan={}).execute({"ti": Instance()})


def test_a_plan_from_a_file(airflow: Any) -> None:
    assert airflow.parsed('{"copies": []}') == airflow.parsed("copies: []") == {"copies": []}
