"""Long listings: rows made on demand behave as the list of all rows does."""

from __future__ import annotations

import copy
import gc
import json
import pickle
from collections.abc import Sequence
from typing import Any

import imgferry
import pytest

COUNT = 1500


def body(count: int) -> bytes:
    images = [{"ImageId": f"img-{at}", "ImageName": f"n{at}", "Tags": [{"Key": "k", "Value": str(at)}]} for at in range(count)]
    return json.dumps({"Response": {"TotalCount": count, "ImageSet": images, "RequestId": "r-1"}}).encode()


def read(text: Any) -> Any:
    return imgferry.read("tencent", "DescribeImages", 200, {}, text)


def eager() -> list[Any]:
    """The same rows from answers that are short enough to be lists."""
    images = json.loads(body(COUNT))["Response"]["ImageSet"]
    parts = [json.dumps({"Response": {"ImageSet": images[at : at + 500]}}) for at in range(0, COUNT, 500)]
    return [row for part in parts for row in read(part)["facts"]["items"]]


def test_a_short_listing_is_a_list() -> None:
    assert type(read(body(1000))["facts"]["items"]) is list
    assert type(read(body(1000))["data"]["ImageSet"]) is list


@pytest.mark.parametrize("kind", [bytes, bytearray, bytes.decode])
def test_rows_are_what_a_list_would_hold(kind: Any) -> None:
    reply, whole = read(kind(body(COUNT))), eager()
    rows = reply["facts"]["items"]
    assert isinstance(rows, Sequence) and not isinstance(rows, list)
    assert rows == whole and whole == rows and not rows != whole
    assert reply["facts"] == {"type": "images", "items": whole, "next": None, "total": COUNT}
    assert reply["data"]["ImageSet"] == json.loads(body(COUNT))["Response"]["ImageSet"]
    assert rows != whole[:-1] and rows != [*whole[:-1], {}] and rows != tuple(whole) and (rows == 5) is False
    assert [rows[0], rows[-1], rows[-COUNT], rows[COUNT - 1]] == [whole[0], whole[-1], whole[0], whole[-1]]
    for place in (slice(3, 7), slice(None, None, -1), slice(-5, None), slice(10, 3), slice(1, None, 700), slice(0, 5000)):
        assert rows[place] == whole[place] and list(rows[place]) == whole[place] and len(rows[place]) == len(whole[place])
    assert rows[5:][5:20][-1] == whole[24]
    assert list(reversed(rows)) == whole[::-1] and rows.index(whole[7]) == 7 and whole[9] in rows and rows.count(whole[1]) == 1
    assert [{}] + rows == [{}, *whole] and rows[:2] + [{}] == [*whole[:2], {}] and rows[:1] + rows[:1] == [whole[0], whole[0]]
    assert pickle.loads(pickle.dumps(rows)) == whole and copy.deepcopy(reply) == reply and copy.copy(rows) == rows
    assert json.loads(json.dumps(reply, default=list)) == json.loads(json.dumps({**reply, "facts": {**reply["facts"], "items": whole}}, default=list))
    assert repr(rows[:1]) == f"Rows([{whole[0]!r}], 1 in all)" and repr(rows).endswith(", …], 1500 in all)")


def test_rows_refuse_what_a_list_refuses() -> None:
    rows = read(body(COUNT))["facts"]["items"]
    for at in (COUNT, -COUNT - 1):
        with pytest.raises(IndexError, match="list index out of range"):
            rows[at]
    with pytest.raises(TypeError):
        rows["x"]
    with pytest.raises(TypeError):
        hash(rows)
    with pytest.raises(TypeError):
        rows + 5


def test_a_long_answer_that_is_broken_is_told_as_any_other() -> None:
    with pytest.raises(imgferry.Error) as caught:
        read(body(COUNT)[:-1])
    assert (caught.value.kind, caught.value.code) == ("protocol", "answer.shape")


def test_the_collector_goes_on_as_it_was() -> None:
    plan = imgferry.Plan({"copies": [{"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "to": ["ap-beijing"], "name": "n"}]})
    job = imgferry.Job(plan, now_ms=1_767_225_600_000, seed=1)
    for is_on in (True, False):
        (gc.enable if is_on else gc.disable)()
        try:
            assert job.report()["counts"] == {"inspecting": 1}
            assert gc.isenabled() is is_on
        finally:
            gc.enable()
