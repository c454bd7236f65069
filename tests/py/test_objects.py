"""Objects that behave: compared, shown, hashed, pickled and copied as anybody expects; keys are not."""

from __future__ import annotations

import copy
import multiprocessing
import pickle
from typing import Any, get_args

import imgferry
import pytest
from imgferry import At, Credentials, Job, Plan, drive, sim, words

COPIES = [{"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "to": ["ap-shanghai", "ap-singapore"], "name": "golden"}]
PLAN = {"copies": COPIES, "policy": {"poll": "1s"}}
STRANGER = {"copies": COPIES, "clouds": {"tencent": {"endpoint": "https://gateway.example.com", "sign_host": "official"}}}

THINGS = [
    lambda: Plan(PLAN),
    lambda: Plan(STRANGER, trusted_hosts=["gateway.example.com"]),
    lambda: At("ap-guangzhou"),
    lambda: At("cn-north-4", site="international", endpoint="http://127.0.0.1:1", project_id="p", domain_id="d", language="zh"),
    lambda: imgferry.build("tencent", "DescribeRegions", {}, At("ap-guangzhou")).request,
]


@pytest.mark.parametrize("make", THINGS)
def test_equal_things_are_equal_and_hash_alike(make: Any) -> None:
    one, other = make(), make()
    assert one is not other and one == other and not one != other and hash(one) == hash(other) and len({one, other}) == 1
    assert one != object() and one != Plan({"copies": [{**COPIES[0], "image": "img-12345678"}]}) and one != At("ap-nowhere")


@pytest.mark.parametrize("make", THINGS[:4])
def test_what_is_frozen_is_pickled_and_copied(make: Any) -> None:
    one = make()
    for again in (copy.copy(one), copy.deepcopy(one), copy.deepcopy({"a": [one]})["a"][0], *(pickle.loads(pickle.dumps(one, protocol)) for protocol in (2, 3, 4, 5))):
        assert type(again) is type(one) and again == one and repr(again) == repr(one)
    # Whom the program trusts goes along.
    if isinstance(one, Plan):
        assert [problem["rule"] for problem in copy.deepcopy(one).check() if problem["severity"] == "error"] == []


def test_errors_go_to_another_process_whole() -> None:
    with pytest.raises(imgferry.Error) as wrong:
        Plan({"copies": [{"cloud": "tencent"}]})
    with pytest.raises(imgferry.Refused) as refused:
        imgferry.verify("tencent", "GET", "https://cvm.tencentcloudapi.com/", headers={}, body=b"", now_ms=1_700_000_000_000, keys={}.get)
    for error in (wrong.value, refused.value, imgferry.Error("m", kind="quota", code="C", hint="h", request_id="r")):
        for same in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
            assert type(same) is type(error) and vars(same) == vars(error) and str(same) == str(error) and same.args == error.args
    assert wrong.value.problems and refused.value.reason


def test_reprs_say_what_it_is_and_no_secret() -> None:
    assert repr(At("ap-guangzhou")) == 'At("ap-guangzhou")'
    assert eval(repr(At("r", site="international", language="zh"))) == At("r", site="international", language="zh")
    assert repr(Plan(PLAN)) == "<Plan: 1 tencent to 2>" and repr(Job(Plan(PLAN), now_ms=1_767_225_600_000, seed=1)) == "<Job: 2 inspecting>"
    hidden = At("r", endpoint="https://user:hidden-password@gateway.example.com/?key=hidden-too")
    assert "hidden" not in repr(hidden) and "gateway.example.com" in repr(hidden)
    assert "hidden" not in repr(Credentials("AKIDEXAMPLE", "hidden-secret", "hidden-token"))


def test_keys_are_neither_pickled_nor_copied() -> None:
    key = Credentials("AKIDEXAMPLE", "EXAMPLE-SECRET-NOT-REAL")
    for refuse in (pickle.dumps, copy.copy, copy.deepcopy, lambda key: pickle.dumps({"keys": [key]}, 2)):
        with pytest.raises(TypeError, match="neither pickled nor copied.*credentials.load") as refused:
            refuse(key)
        assert "NOT-REAL" not in str(refused.value)


def test_a_job_is_pickled_as_its_journal() -> None:
    with sim.Server() as server:
        plan = Plan({**PLAN, "clouds": {"tencent": {"endpoint": server.url}}, "policy": {"poll": "100ms", "settle": "200ms"}})
        job = Job(plan, now_ms=drive.now_ms(), seed=1)
        lines = []
        def stop(event: Any) -> None:
            if event["event"] == "launched":
                raise KeyboardInterrupt
        with pytest.raises(KeyboardInterrupt):
            imgferry.run(job, sim.credentials(), journal=lines.append, on_event=stop)
        images = lambda: sum(len(lane["images"]) for lane in server.world.ledger()["lanes"])  # noqa: E731
        launched = images()
        assert launched == 2
        for again in (pickle.loads(pickle.dumps(job)), copy.deepcopy(job)):
            assert again is not job and [row["launches"] for row in again.report()["rows"]] == [1, 1] and len(again) == 2
        report = imgferry.run(again, sim.credentials())
        assert report["counts"] == {"ready": 2} and images() == launched
        survey = Job.survey(plan, now_ms=drive.now_ms(), seed=1)
        with pytest.raises(TypeError, match="survey"):
            pickle.dumps(survey)


def in_another_process(job: Job) -> str:
    return repr(job)


def test_a_job_goes_to_another_process() -> None:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply(in_another_process, (Job(Plan(PLAN), now_ms=drive.now_ms(), seed=1),)) == "<Job: 2 inspecting>"


def test_a_report_is_a_dict_that_a_notebook_shows() -> None:
    report: Any = Job(Plan({"copies": [{**COPIES[0], "name": "<script>&\"x\""}]}), now_ms=1_767_225_600_000, seed=1).report()
    assert isinstance(report, dict) and report == dict(report) and pickle.loads(pickle.dumps(report)) == report == copy.deepcopy(report)
    report["rows"][0]["name"] = "<script>&"
    report["rows"][1]["error"] = {"code": "<b>", "message": "\"quoted\" & more"}
    shown = report._repr_html_()
    assert "&lt;script&gt;&amp;" in shown and "<script" not in shown and "&lt;b&gt;: &quot;quoted&quot; &amp; more" in shown
    assert shown.count("<tr>") == 3 and "2 destinations: 2 looking" in shown
    report["rows"] = report["rows"] * 100
    assert report._repr_html_().count("<tr>") == 101 and "and 100 more" in report._repr_html_()


def test_rows_of_some_destinations() -> None:
    job = Job(Plan(PLAN), now_ms=1_767_225_600_000, seed=1)
    assert job.rows([1, 0]) == job.report()["rows"][::-1] and job.rows([]) == []
    for lane in (2, 2**32 - 1):
        with pytest.raises(IndexError):
            job.rows([lane])


def test_times_are_given_by_name() -> None:
    job = Job(Plan(PLAN), now_ms=1_767_225_600_000, seed=1)
    for call in (lambda: job.poll(0, {}), lambda: job.cancel(0), lambda: job.lost(0, 1, "unsent"), lambda: job.resolve(0, 1, None), lambda: job.answer(0, 1, 200, {}, b"")):  # type: ignore[call-arg, arg-type, misc]
        with pytest.raises(TypeError):
            call()


def test_states_and_kinds_are_words() -> None:
    assert {"inspecting", "image", "ready", "ambiguous"} <= set(get_args(words.LaneState)) and len(get_args(words.LaneState)) == 18
    assert {"launching", "source_pending", "warning"} <= set(get_args(words.EventKind)) and len(get_args(words.EventKind)) == 21


def test_the_package_says_what_it_has() -> None:
    assert imgferry.__version__.startswith("0.")
    for name in imgferry.__all__:
        assert getattr(imgferry, name) is not None
    assert {"copy", "run", "Plan", "Job", "At", "Error", "sign", "__version__"} <= set(imgferry.__all__) and set(imgferry.__all__) <= set(dir(imgferry))
