"""Whatever text stands in a plan, a line, a journal or a file of keys: a value, or one error of ours, and JSON all through.

``FUZZ_EXAMPLES`` says how many of each; `make fuzz` asks for many.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Callable, Dict

import imgferry
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from imgferry import credentials, journal
from imgferry.cli import json as strict_json, jsonl, plans, sign, verify, yaml

hostile = settings(
    max_examples=int(os.environ.get("FUZZ_EXAMPLES", "150")), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)

#: What YAML and plans are made of: strung together, they come to more than single characters do.
WORDS = [
    *("copies:", "exports:", "policy:", "clouds:", "cloud: ", "tencent", "huawei", "image: ", "from: ", "to: ", "name: ", "params: ", "after: ", "chain: "),
    *("\n", "\n  ", "\n    ", "\n  - ", "- ", "[", "]", "{", "}", ", ", ": ", "? ", "#", "|", ">", "&a ", "*a", "<<: *a", "---\n", "...\n", "%YAML 1.1\n", "\t"),
    *("2026-11-22", "12:30:00", "6:00", "0x10", "0o7", "1_000", ".inf", ".nan", "1e999", "null", "~", "yes", "true", "!!binary aGk=", "!!set", "!!int x", "!x "),
    *("'", '"', "\\", "\x85", "\u2028", "\ufeff", "\x00", "é", "金", "15s", "15", "9" * 30, "<<", "="),
]
yaml_text = st.one_of(st.lists(st.sampled_from(WORDS), max_size=40).map("".join), st.text(max_size=200))

scalars = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(), st.text(max_size=12),
    st.sampled_from(["tencent", "volcengine", "huawei", "GET", "POST", "https://h.example/a%20b?c=d", "http://h:80/?X-Date=1", "ap-guangzhou", "cn-beijing", "15s", "{date}", "\ud800"]),
)  # fmt: skip
FIELDS = [
    *("cloud", "method", "url", "headers", "body", "time_ms", "now_ms", "region", "service", "credentials", "options", "id", "secret", "token", "required_headers"),
    *("signed_headers", "presign", "derived", "expires_s", "unsigned_payload", "Host", "X-Date", "Authorization"),
    *("copies", "exports", "image", "from", "to", "name", "params", "policy", "clouds", "after", "chain", "poll", "rates", "tags", "share", "endpoint", "projects"),
]
values = st.recursive(
    scalars, lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.one_of(st.sampled_from(FIELDS), st.text(max_size=6)), inner, max_size=6)), max_leaves=25
)
objects = st.dictionaries(st.sampled_from(FIELDS), values, max_size=12)


def ours(work: Callable[[], Any]) -> Any:
    """What it gives; ``None`` where it is refused, in words that can be shown."""
    try:
        return work()
    except imgferry.Error as error:
        assert error.message and error.code
        json.dumps(error.as_dict(), allow_nan=False)
        return None


@hostile
@given(yaml_text)
def test_yaml(text: str) -> None:
    read = ours(lambda: yaml.parse("plan.yaml", text))
    if read is None:
        return
    value, findings = read
    # Whoever writes it out gets it back: it is JSON, whatever YAML took it for.
    assert json.loads(json.dumps(value, allow_nan=False)) == value
    json.dumps(findings)
    if isinstance(value, dict):
        ours(lambda: imgferry.Plan(value))


@hostile
@given(objects)
def test_plans(value: Dict[str, Any]) -> None:
    plan = ours(lambda: imgferry.Plan(value))
    if plan is not None:
        json.dumps(plan.check(), allow_nan=False)


@hostile
@given(st.one_of(objects.map(lambda value: json.dumps(value).encode()), st.binary(max_size=100)))
@pytest.mark.parametrize("answer", [sign.signed, verify.verdict])
def test_lines(answer: Callable[[jsonl.Record], Dict[str, Any]], raw: bytes) -> None:
    told = ours(lambda: answer(jsonl.Record(jsonl.parse(raw), "")))
    json.dumps(told, allow_nan=False)


@hostile
@given(values, st.sampled_from(["{}", "[{}]", "x{}"]))
def test_json_files(value: Any, around: str) -> None:
    read = ours(lambda: strict_json.parse("plan.json", around.replace("{}", json.dumps(value))))
    json.dumps(read, allow_nan=False)


@hostile
@given(objects, st.sampled_from([name for table in imgferry.operations("tencent") for name in [table["name"]]]))
def test_parameters(value: Dict[str, Any], operation: str) -> None:
    ours(lambda: imgferry.check("tencent", operation, value, imgferry.At("ap-guangzhou")))  # type: ignore[call-overload]
    ours(lambda: imgferry.build("tencent", operation, value, imgferry.At("ap-guangzhou")))  # type: ignore[call-overload]


@hostile
@given(st.lists(st.text(max_size=20), max_size=4))
def test_parameters_by_options(given: list[str]) -> None:
    fields = [field for table in imgferry.operations("volcengine") for field in table["fields"]]
    ours(lambda: plans.parameters(fields, [f"{field['name']}={text}" for field, text in zip(fields, given)] + given))


@hostile
@given(content=st.one_of(st.binary(max_size=120), values.map(lambda value: json.dumps(value).encode()), yaml_text.map(lambda text: text.encode("utf-8", "replace"))))
@pytest.mark.parametrize("file", [(cloud, index) for cloud in credentials.FILES for index in range(len(credentials.FILES[cloud]))], ids=str)
def test_files_of_keys(file: tuple[str, int], content: bytes, tmp_path: Path) -> None:
    kept = credentials.FILES[file[0]][file[1]]
    path = tmp_path / "keys"
    if kept.read is credentials.tencent_logins:
        path.mkdir(exist_ok=True)
        (path / "default.credential").write_bytes(content)
    else:
        path.write_bytes(content)
    profiles = ours(lambda: kept.read(path))
    for read in (profiles.all if profiles else {}).values():
        ours(lambda: credentials.take("a file", kept.names, read()))


@hostile
@given(content=st.one_of(st.binary(max_size=200), yaml_text.map(lambda text: text.encode("utf-8", "replace"))))
def test_journals(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "j"
    path.write_bytes(content)
    text = ours(lambda: journal.read(path))
    if text is not None:
        ours(lambda: imgferry.Job.restore(text, now_ms=1_767_225_600_000))
