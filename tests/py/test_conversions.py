"""Whatever Python value comes in, either it crosses whole or one clear error names its place; nothing panics."""

from __future__ import annotations

import json
from typing import Any, Dict

import imgferry
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

AT = imgferry.At("ap-guangzhou")


def looped() -> list[Any]:
    loop: list[Any] = []
    loop.append(loop)
    return loop


def deep(levels: int) -> Any:
    value: Any = "x"
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("params", "path", "word"),
    [
        ({"ImageIds": ["\ud800"]}, "params.ImageIds[0]", "surrogate"),
        ({"\ud800": 1}, "params", "surrogate"),
        ({"a": [1, {"b": float("nan")}]}, "params.a[1].b", "finite"),
        ({"a": float("-inf")}, "params.a", "finite"),
        ({"a": 2**64}, "params.a", "64 bits"),
        ({"a": -(2**63) - 1}, "params.a", "64 bits"),
        ({"a": b"bytes"}, "params.a", "cannot be JSON"),
        ({"a": {1, 2}}, "params.a", "cannot be JSON"),
        ({"a": object()}, "params.a", "cannot be JSON"),
        ({1: 2}, "params", "key that is not a string"),
        ({"a": looped()}, "params", "nested too deeply"),
        ({"a": deep(100_000)}, "params", "nested too deeply"),
        ([], "params", "must be a dict"),
        ("text", "params", "must be a dict"),
        (None, "params", "must be a dict"),
    ],
)
def test_what_cannot_cross_is_named(params: Any, path: str, word: str) -> None:
    with pytest.raises(imgferry.Error) as caught:
        imgferry.check("tencent", "SyncImages", params, AT)
    assert (caught.value.kind, caught.value.code) == ("misuse", path)
    assert word in caught.value.message and caught.value.hint and caught.value.hint_zh


def test_nothing_is_left_of_the_parameters_before() -> None:
    """Their memory serves the next call, so calls of all sorts follow each other here."""
    good = {"ImageIds": ["img-o3ycss2p"], "DestinationRegions": ["ap-beijing"], "ImageName": "web", "ImageSetRequired": True}

    class Reentrant(Dict[str, Any]):
        """A mapping whose reading makes a call of its own."""

        def items(self) -> Any:
            imgferry.build("tencent", "SyncImages", {**good, "ImageName": "inner"}, AT)
            return super().items()

    def body(params: Any) -> Any:
        return json.loads(imgferry.build("tencent", "SyncImages", params, AT).request.body)

    for params in [
        good,
        {**good, "ImageName": "longer than the one before"},
        {**good, "ImageName": "x"},
        {**good, "DestinationRegions": ["ap-beijing", "ap-shanghai", "ap-tokyo"]},
        {**good, "DestinationRegions": ["ap-tokyo"]},
        {**good, "ImageSetRequired": False},
        {"ImageSetRequired": True, "ImageIds": ["img-a"], "DestinationRegions": ["ap-beijing"], "DryRun": False},
        {"ImageIds": ["img-b"], "DestinationRegions": ["ap-seoul"]},
        {"".join(["Image", "Ids"]): ["img-c"], "DestinationRegions": ["ap-seoul"]},
        good,
    ]:
        assert body(params) == params
    for wrong in ({**good, "ImageName": "\ud800"}, {**good, "DestinationRegions": ["ap-tokyo", object()]}, {**good, "ImageIds": "img-d"}, {**good, "Other": 1}):
        with pytest.raises(imgferry.Error):
            body(wrong)
        assert body({**good, "ImageName": None}) == {name: value for name, value in good.items() if name != "ImageName"}
    filters = {"Filters": [{"Name": "image-name", "Values": ["a", "b"]}]}
    for _ in range(2):
        for params in (filters, {"Filters": [{"Name": "image-type", "Values": ["PRIVATE_IMAGE"]}]}, {"Filters": Reentrant()}):
            if isinstance(params["Filters"], list):
                assert json.loads(imgferry.build("tencent", "DescribeImages", params, AT).request.body) == params
            else:
                with pytest.raises(imgferry.Error):
                    imgferry.build("tencent", "DescribeImages", params, AT)


def test_a_wrong_type_of_argument_is_pythons_own_error() -> None:
    with pytest.raises(TypeError):
        imgferry.check(5, "SyncImages", {}, AT)  # type: ignore[call-overload]
    with pytest.raises(TypeError):
        imgferry.Credentials(None, "x")  # type: ignore[arg-type]
    with pytest.raises(imgferry.Error, match="surrogate"):
        imgferry.regions("tencent\udc80")
    with pytest.raises(imgferry.Error, match="64 bits"):
        imgferry.build("tencent", "DescribeRegions", {}, AT).sign(imgferry.Credentials("AKIDEXAMPLE", "EXAMPLE"), time_ms=2**80)
    with pytest.raises(imgferry.Error, match="0 to 65535"):
        imgferry.read("tencent", "DescribeRegions", -1, {}, b"")


@pytest.mark.parametrize("headers", [5, ["x"], [("a", 1)], {"a": None}, [("a",)], {"a": "\ud800"}, "text", [1, 2]])
def test_wrong_headers_are_named(headers: Any) -> None:
    with pytest.raises(imgferry.Error) as caught:
        imgferry.read("tencent", "DescribeRegions", 200, headers, b"{}")
    assert caught.value.code.startswith("headers")


@pytest.mark.parametrize("body", [5, None, ["x"], "\ud800"])
def test_wrong_bodies_are_named(body: Any) -> None:
    with pytest.raises(imgferry.Error) as caught:
        imgferry.read("tencent", "DescribeRegions", 200, {}, body)
    assert caught.value.code == "body"


def values(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.recursive(leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4), max_leaves=20)


LEAVES = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.text()


@given(values(LEAVES))
@settings(max_examples=300, deadline=None)
def test_json_crosses_and_comes_back_the_same(value: Any) -> None:
    # A text in the vendor's data crosses in, is parsed by the core, and comes back as Python values.
    body = json.dumps({"Response": {"RegionSet": [], "TotalCount": 0, "RequestId": "r", "Extra": value}})
    reply = imgferry.read("tencent", "DescribeRegions", 200, {"Content-Type": "application/json"}, body)
    assert reply["data"]["Extra"] == value


@given(values(LEAVES | st.floats(allow_nan=False, allow_infinity=False)))
@settings(max_examples=300, deadline=None)
def test_checking_takes_anything_calmly(value: Any) -> None:
    for cloud in ("tencent", "volcengine", "huawei"):
        for operation in imgferry.operations(cloud):
            params = {field["name"]: value for field in operation["fields"]}
            problems = imgferry.check(cloud, operation["name"], params, imgferry.At("r-1"))  # type: ignore[call-overload]
            assert all(problem["message"] and problem["message_zh"] for problem in problems)


@given(st.integers(0, 999), st.binary(max_size=300))
@settings(max_examples=300, deadline=None)
def test_reading_takes_any_answer_calmly(status: int, body: bytes) -> None:
    for cloud in ("tencent", "volcengine", "huawei"):
        for operation in imgferry.operations(cloud):
            try:
                reply = imgferry.read(cloud, operation["name"], status, [], body)
            except imgferry.Error as error:
                assert error.kind != "misuse" and error.message and error.hint
            else:
                assert reply["facts"]["type"]


def test_a_very_large_answer_is_read() -> None:
    noise = b"\xff" * (50 * 1024 * 1024)
    for cloud in ("tencent", "volcengine", "huawei"):
        with pytest.raises(imgferry.Error) as caught:
            imgferry.read(cloud, imgferry.operations(cloud)[0]["name"], 200, {}, noise)
        assert caught.value.kind == "protocol" and len(str(caught.value)) < 2000


def test_what_a_value_comes_to_is_bounded() -> None:
    text = "x" * 1_000_000
    shared: List[Any] = [text]
    for _ in range(3):
        shared = [shared] * 10
    nodes: List[Any] = ["x"]
    for _ in range(7):
        nodes = [nodes] * 10
    for value in (shared, nodes, {"a": {"b": nodes}}, {f"{text}{n}": 1 for n in range(200)}):
        with pytest.raises(imgferry.Error, match="plan is larger than 128 MB when what it repeats is written out"):
            imgferry.Plan({"copies": value})
    # A million destinations are no such thing.
    copy = {"cloud": "tencent", "image": "img-12345678", "from": "ap-guangzhou", "to": ["ap-shanghai"] * 10, "name": "golden"}
    assert imgferry.Plan({"copies": [copy] * 100_000})
