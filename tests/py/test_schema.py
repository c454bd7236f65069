"""`imgferry schema`: what is read and told has the form that it prints."""

from __future__ import annotations

import json
from typing import Any, List

import jsonschema
from conftest import Cli
from imgferry import sim
from test_copy import KEYS, ONE, QUICK, SCENARIO


def schema(cli: Cli, of: str) -> Any:
    ran = cli("schema", of, "--output", "json")
    assert ran.code == 0
    told = json.loads(ran.out)
    jsonschema.Draft7Validator.check_schema(told)
    assert json.loads(cli("schema", of).out) == told
    return jsonschema.Draft7Validator(told)


def test_plans(cli: Cli) -> None:
    plans = schema(cli, "plan")
    assert json.loads(cli("schema").out) == plans.schema
    good = {"copies": [{"cloud": "tencent", "image": "img-1", "from": "ap-guangzhou", "to": ["ap-shanghai", {"region": "ap-singapore", "name": "x-{date}"}]}], "policy": {"poll": "15s"}}
    plans.validate(good)
    for bad in ({}, {**good, "policy": {"poll": 15}}, {"copies": [{**good["copies"][0], "imge": "x"}]}, {"copies": [{"cloud": "aws"}]}):  # type: ignore[dict-item, index]
        assert not plans.is_valid(bad), bad


def test_reports_and_events(cli: Cli) -> None:
    events, reports = schema(cli, "event"), schema(cli, "report")
    with sim.Server({**SCENARIO, "script": [{"cloud": "tencent", "action": "SyncImages", "nth": 1, "fault": "http_500_before"}]}) as server:
        ran = cli("copy", *ONE, "--to", "ap-shanghai,ap-nowhere", "--endpoint", server.url, *QUICK, "--output", "json", "--no-journal", env=KEYS)
        told = [json.loads(line) for line in ran.err.splitlines() if line.startswith('{"at_ms"')]
        assert len(told) > 3, ran
        for event in told:
            events.validate(event)
        report = json.loads(ran.out)
        reports.validate(report)
        assert len(report["rows"]) == 2
    wrong: List[Any] = [{**report, "exit_code": "0"}, {**report, "rows": [{**report["rows"][0], "state": "redy"}]}, {"rows": []}]
    assert not any(map(reports.is_valid, wrong)) and not events.is_valid({**told[0], "event": "lunched"})


def test_the_types_of_a_plan_take_what_is_documented() -> None:
    from imgferry.params import plan

    assert plan.Plan.__optional_keys__ == {"copies", "exports", "clouds", "policy"}
    assert plan.Copy.__required_keys__ == {"cloud", "image", "from", "to"}
