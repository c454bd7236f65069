"""Plans from files and options: YAML's own types, parts of a plan, options that would be dropped, input that is a trap."""

from __future__ import annotations

import gzip
import json
import re
import time
from typing import Any, Dict, List

import imgferry
import pytest
from conftest import Cli
from imgferry import sim
from test_copy import KEYS, ONE, PLAN, QUICK, SCENARIO, images_made

ENTRY = "copies:\n  - {{cloud: tencent, image: img-12345678, from: ap-guangzhou, to: [ap-shanghai], name: {name}}}\n"


def findings(cli: Cli, text: str, *arguments: str) -> List[Dict[str, Any]]:
    (cli.home / "plan.yaml").write_text(text, encoding="utf-8")
    ran = cli("check", "plan.yaml", "--output", "json", *arguments)
    assert "Traceback" not in ran.err and not ran.err, ran
    return list(json.loads(ran.out))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("2026-11-22", "line 2: YAML reads 2026-11-22 as a date; write it in quotes"),
        ("2026-11-22T10:00:00Z", "line 2: YAML reads 2026-11-22T10:00:00Z as a date; write it in quotes"),
        (".inf", "line 2: YAML reads .inf as no finite number; write it in quotes"),
        ("!!binary aGk=", "line 2: YAML reads aGk= as bytes; write it in quotes"),
        ("!!set {a, b}", "line 2: the tag set has no meaning here; leave it out"),
        ("a, 5: b", "line 2: YAML reads the key 5 as no text; write it in quotes"),
        ("a, name: b", "line 2: the key 'name' is there twice"),
        ("&x [*x]", "line 2: an alias stands in what it repeats"),
    ],
)
def test_what_yaml_reads_otherwise_is_one_finding_among_all(cli: Cli, name: str, message: str) -> None:
    text = ENTRY.format(name=name) + "  - {cloud: tencnet, image: i, from: a, to: [b]}\npolicy: {poll: soon}\n"
    found = findings(cli, text)
    assert message in [problem["message"] for problem in found], found
    assert {"copies[1].cloud", "policy.poll"} <= {problem["path"] for problem in found}, found
    # Nothing is launched, and all is said.
    ran = cli("copy", "plan.yaml", env=KEYS)
    assert ran.code == 5 and message in ran.err and "policy.poll" in ran.err, ran


@pytest.mark.parametrize("name", ["yes", "no", "on", "12:30", "0o17x", '"2026-11-22"', "!!str 2026-11-22", "null-1", "~x", "1_000x"])
def test_yaml_is_1_2(cli: Cli, name: str) -> None:
    assert not [problem for problem in findings(cli, ENTRY.format(name=name)) if problem["severity"] == "error"]


def test_durations_have_one_form_everywhere(cli: Cli) -> None:
    for value in ("6:00", "soon", '"15 s"', "15s5", "-1s"):
        assert "policy.poll" in [problem["path"] for problem in findings(cli, ENTRY.format(name="golden") + f"policy: {{poll: {value}}}\n")], value
    for given in ("15", "6:00", "15 s"):
        ran = cli("check", *ONE, "--to", "ap-shanghai", "--poll", given)
        assert ran.code == 5 and "policy.poll" in ran.out and '"500ms", "2s", "30m" or "2h"' in ran.out, ran


def test_help_tells_the_policy_of_the_core(cli: Cli) -> None:
    told = " ".join(cli("copy", "--help").out.split())
    assert "longest time between two looks at a copy; with --poll alone four times that (default: 2m)" in told
    assert "how long all may take (default: 1d)" in told and "(default: probe_then_retry)" in told


def test_a_part_of_a_plan(cli: Cli) -> None:
    (cli.home / "plan.json").write_text(json.dumps(PLAN), encoding="utf-8")
    with sim.Server(SCENARIO) as server:
        run = ["copy", "plan.json", "--endpoint", server.url, *QUICK, "--output", "json"]
        report = json.loads(cli(*run, "--only", "tencent:ap-beijing,huawei", env=KEYS).out)
        assert [(row["cloud"], row["to"], row["state"]) for row in report["rows"]] == [("tencent", "ap-beijing", "ready"), ("huawei", "cn-south-1", "ready")]
        assert len(images_made(server)) == 2
        report = json.loads(cli(*run, "--only", "tencent", "--only", "volcengine:cn-shanghai", env=KEYS).out)
        assert [row["state"] for row in report["rows"]] == ["ready", "present", "ready"]
    for given, words in (("tencent:ap-beijin", "did you mean tencent:ap-beijing?"), ("tencnet", "did you mean tencent?"), ("", "the plan has"), ("huawei:", None)):
        ran = cli("check", "plan.json", "--only", given)
        assert (ran.code, words in ran.err) == (5, True) if words else ran.code == 0, ran


def test_findings_about_a_part_name_their_places_in_the_whole(cli: Cli) -> None:
    plan = {"copies": [{**PLAN["copies"][0], "to": ["ap-shanghai", {"region": "ap-beijing", "name": "x" * 200}]}, {**PLAN["copies"][1], "name": "-"}]}
    (cli.home / "plan.json").write_text(json.dumps(plan), encoding="utf-8")

    def errors(*arguments: str) -> List[str]:
        found = json.loads(cli("check", "plan.json", "--output", "json", *arguments).out)
        return sorted({problem["path"] for problem in found if problem["severity"] == "error"})

    everything = errors()
    assert len(everything) == 2
    assert errors("--only", "tencent:ap-beijing") == everything[:1] and errors("--only", "volcengine") == everything[1:] and not errors("--only", "tencent:ap-shanghai")
    ran = cli("copy", "plan.json", "--only", "volcengine", env=KEYS)
    assert ran.code == 5 and everything[1] in ran.err, ran


@pytest.mark.parametrize(
    "arguments",
    [
        ["--cloud", "tencent"],
        ["--image", "img-12345678"],
        ["--from", "ap-guangzhou"],
        ["--to", "ap-shanghai"],
        ["--name", "x"],
        ["--description", "x"],
        ["--param", "DryRun=true"],
        ["--sign-host", "official"],
    ],
)
def test_options_that_would_change_nothing_are_refused(cli: Cli, arguments: List[str]) -> None:
    (cli.home / "plan.json").write_text(json.dumps(PLAN), encoding="utf-8")
    for command in ("check", "plan", "copy"):
        ran = cli(command, "plan.json", *arguments, env=KEYS)
        assert ran.code == 5 and arguments[0] in ran.err and "would change nothing" in ran.err, ran


def test_options_of_another_cloud_are_refused(cli: Cli) -> None:
    for arguments in (["--project", "ap-shanghai=1"], ["--domain-id", "1"]):
        ran = cli("check", *ONE, "--to", "ap-shanghai", *arguments)
        assert ran.code == 5 and "would change nothing: the plan has nothing for Huawei" in ran.err, ran
    ran = cli("request", "tencent", "DescribeRegions", "--region", "ap-guangzhou", "--format", "curl", "--output", "json")
    assert ran.code == 5 and "two forms" in ran.err
    ran = cli("request", "tencent", "DescribeRegions", "--region", "ap-guangzhou", "--sign-host", "official")
    assert ran.code == 5 and "--sign-host would change nothing" in ran.err


def test_a_detailed_exit_code(cli: Cli) -> None:
    with sim.Server(SCENARIO) as server:
        there = ["--endpoint", server.url, *QUICK]

        def plan(*arguments: str) -> int:
            return cli("plan", *arguments, *there, "--detailed-exitcode", env=KEYS).code

        assert plan(*ONE, "--to", "ap-shanghai,ap-tokyo") == 2
        assert cli("copy", *ONE, "--to", "ap-shanghai", *there, env=KEYS).code == 0
        assert plan(*ONE, "--to", "ap-shanghai,ap-tokyo") == 2
        assert plan(*ONE, "--to", "ap-shanghai") == 0
        assert plan(*ONE) == 5
    other = {"cloud": "huawei", "region": "cn-south-1", "id": "11111111-2222-4333-8444-555555555555", "name": "golden", "size_gib": 999}
    huawei = PLAN["copies"][2]
    with sim.Server({**SCENARIO, "images": [other]}) as server:
        there = ["--cloud", "huawei", "--image", huawei["image"], "--from", huawei["from"], "--to", "cn-south-1", "--name", "golden", "--endpoint", server.url]
        ran = cli("plan", *there, *QUICK, "--param", "agency_name=ims_copy_image", "--detailed-exitcode", env=KEYS)
        assert ran.code == 1 and "conflict" in ran.out, ran


BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))


def test_a_small_file_cannot_become_a_large_plan(cli: Cli) -> None:
    (cli.home / "plan.yaml").write_text(BOMB, encoding="utf-8")
    assert (cli.home / "plan.yaml").stat().st_size < 800
    began = time.monotonic()
    for arguments in (["check", "plan.yaml"], ["copy", "plan.yaml"], ["sim", "--scenario", "plan.yaml"]):
        ran = cli(*arguments, env=KEYS)
        assert ran.code == 5 and "written out" in ran.err and "Traceback" not in ran.err, ran
    assert time.monotonic() - began < 60


def test_a_long_line_is_answered_and_the_next_one_too(cli: Cli) -> None:
    long = b'{"id": "' + b"x" * (33 * 1024 * 1024) + b'"}\n'
    for command in ("sign", "verify"):
        ran = cli(command, "-", stdin=long + b'{"id": 2}\n' + long[:-1])
        answers = [json.loads(line) for line in ran.out.splitlines()]
        assert ran.code == 0 and [answer.get("id") for answer in answers] == [None, 2, None]
        assert "is longer than 33,554,432 bytes" in answers[0]["error"]["message"] and len(ran.out) < 5_000


@pytest.mark.parametrize("line", ['{"id": 1e999}', '{"id": -1e999}', '{"id": [{"a": 1e400}]}', '{"id": Infinity}', '{"id": 1, "id": 2}'])
def test_what_is_no_json_does_not_come_back(cli: Cli, line: str) -> None:
    for command in ("sign", "verify"):
        first, second = map(json.loads, cli(command, "-", stdin=f'{line}\n{{"id": 2}}\n').out.splitlines())
        assert first["error"]["code"] == "line" and "id" not in first and second["id"] == 2
    (cli.home / "plan.json").write_text(line, encoding="utf-8")
    ran = cli("check", "plan.json")
    assert ran.code == 5 and "cannot be read" in ran.err


def test_the_schema_is_the_form_that_is_read() -> None:
    schema = json.loads(imgferry.plan_schema())
    definitions = schema["definitions"]
    policy = definitions["Policy"]["properties"]
    whole = imgferry.Plan({"copies": [{"cloud": "tencent", "image": "img-1", "from": "a", "to": ["b"]}]}).as_dict()
    assert {name: field["default"] for name, field in policy.items()} == whole["policy"]
    assert set(whole) == set(schema["properties"])
    # What the schema knows is read, what it does not know is told.
    fields = {**dict.fromkeys(definitions["Copy"]["properties"], None), "cloud": "tencent", "image": "img-1", "from": "a", "to": ["b"], "params": {}}
    fields.update(after={}, chain={}, shared=False)
    assert imgferry.Plan({"copies": [fields]}).as_dict()["copies"][0]["image"] == "img-1"
    with pytest.raises(imgferry.Error) as caught:
        imgferry.Plan({"copies": [{**fields, "nam": "x"}]})
    assert [problem["rule"] for problem in caught.value.problems] == ["plan.unknown"]
    for text, is_one in (("15s", True), ("1.5h", True), (".5m", True), ("15", False), ("6:00", False), ("1..s", False), ("-1s", False)):
        assert bool(re.search(definitions["Duration"]["pattern"], text)) == is_one, text
        try:
            imgferry.Plan({"copies": [fields], "policy": {"poll": text}})
        except imgferry.Error:
            assert not is_one, text
        else:
            assert is_one, text


def test_a_plan_is_read_as_shells_and_editors_write_it(cli: Cli) -> None:
    copy = {"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "to": ["ap-shanghai"], "name": "黄金"}
    text = json.dumps({"copies": [copy]}, ensure_ascii=False)
    # PowerShell's `>` writes the second or the third, Notepad the last.
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        for name in ("plan.json", "plan.yaml"):
            (cli.home / name).write_bytes(text.encode(encoding))
            assert cli("check", name).code == 0, (encoding, name)
        assert cli("check", "-", stdin=text.encode(encoding)).code == 0, encoding
    for raw, why in ((text.encode("gbk"), "is not UTF-8 at byte"), (b"\xff\xfe{", "is not UTF-16 at byte"), (gzip.compress(text.encode()), "unpack it first")):
        (cli.home / "plan.json").write_bytes(raw)
        for ran in (cli("check", "plan.json"), cli("check", "-", stdin=raw)):
            assert ran.code == 5 and why in ran.err and "surrogate" not in ran.err, ran.err


def test_other_texts_are_read_so_too(cli: Cli) -> None:
    answer = '{"Response":{"Error":{"Code":"InvalidImageName.Duplicate","Message":"taken"},"RequestId":"r"}}'
    for encoding in ("utf-8-sig", "utf-16"):
        (cli.home / "answer.txt").write_bytes(answer.encode(encoding))
        ran = cli("explain", "answer.txt")
        assert ran.code == 0 and "an image of this name is already there" in ran.out, ran
    ran = cli("sign", "-", stdin=b'\xef\xbb\xbf{"id": 7}\n')
    assert '"id":7' in ran.out and "BOM" not in ran.out, ran


PLAIN = "copies:\n  - cloud: tencent\n    image: img-o3ycss2p\n    from: ap-guangzhou\n    to: [ap-shanghai]\n    name: {}\n"


@pytest.mark.parametrize("written", ["20241130", "1.10", "1e3", "0x1F", "0777", "1_000", "true", "9" * 5_000])
def test_a_text_that_yaml_reads_otherwise_is_told_with_its_line(cli: Cli, written: str) -> None:
    (cli.home / "plan.yaml").write_text(PLAIN.format(written), encoding="utf-8")
    ran = cli("check", "plan.yaml")
    assert ran.code == 5 and "error: copies[0].name: line 6: YAML reads " in ran.out and "write it in quotes [yaml.type]" in ran.out, ran
    (cli.home / "plan.yaml").write_text(PLAIN.format(f'"{written[:20]}"'), encoding="utf-8")
    assert cli("check", "plan.yaml").code == 0


def test_yaml_that_cannot_be_read_says_where_and_why(cli: Cli) -> None:
    for text, why in (
        (PLAIN.format("gol\0den"), "plan.yaml is not YAML: U+0000 in line 6, column 14 is not allowed"),
        ("copies: " + "[" * 100_000, "plan.yaml is nested too deeply"),
        (PLAIN.format("golden") + f"policy: {{absences: {'9' * 5_000}}}\n", "policy.absences: line 7: YAML reads 999"),
    ):
        (cli.home / "plan.yaml").write_text(text, encoding="utf-8")
        ran = cli("check", "plan.yaml")
        assert ran.code == 5 and why in ran.out + ran.err and "Traceback" not in ran.err, ran


def test_yaml_is_told_by_the_name_of_its_file(cli: Cli) -> None:
    (cli.home / "plan.YML").write_text(PLAIN.format("golden"), encoding="utf-8")
    assert cli("check", "plan.YML").code == 0
    (cli.home / "plan").write_text(PLAIN.format("golden"), encoding="utf-8")
    for ran in (cli("check", "plan"), cli("check", "-", stdin=PLAIN.format("golden"))):
        assert ran.code == 5 and "is not JSON" in ran.err and "YAML is read from files that end with .yaml or .yml" in ran.err, ran
