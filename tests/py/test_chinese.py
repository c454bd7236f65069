"""Chinese texts are Chinese to the last mark."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Dict, Iterator, List, Set, Tuple

import imgferry
import pytest
from conftest import Cli
from imgferry import words
from imgferry.cli import chinese, rules
from imgferry.cli.output import Output

ROOT = Path(__file__).parents[2]
FOLDERS = ("core/src", "core/sim/src", "py/src", "py/python/imgferry", "wasm/src", "wasm/js/src", "wasm/console/src", "wasm/worker/src")
#: A mark of the narrow kind beside a Chinese character. In a test of escapes a question mark is part of a URL.
NARROW = re.compile(r"[\u4e00-\u9fff][,;:!()]|[,;:!()][\u4e00-\u9fff]")


def sources() -> Iterator[Path]:
    for folder in FOLDERS:
        yield from (path for path in (ROOT / folder).rglob("*") if path.suffix in (".rs", ".py", ".ts", ".tsx"))


def test_their_marks_are_of_full_width() -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in sources()}
    assert any(re.search(r"[\u4e00-\u9fff]；", text) for text in texts.values()), "there are Chinese texts"
    narrow = [f"{path.relative_to(ROOT)}:{text.count(chr(10), 0, found.start()) + 1}" for path, text in texts.items() for found in NARROW.finditer(text)]
    assert not narrow, narrow


#: Words that no parameter, product or unit has for its name: where one stands, somebody left English prose.
PROSE = set("an the of or and is are not with at by must be none such number whole string boolean list record text position".split())
#: Words of closed sets, which people are told in their language.
MACHINE = {word for one in (words.Kind, words.LaneState, words.Owner, words.RegionClass, words.Retry, words.State) for word in one.__args__} - {"image", "cloud", "account"}  # type: ignore[attr-defined]


def english_left(text: str, of: Set[str] = PROSE) -> List[str]:
    """Words of a Chinese text that should have been Chinese. What is quoted, or given by the caller, is not ours."""
    bare = re.sub(r"\"[^\"]*\"|“[^”]*”|`[^`]*`|\{[^}]*\}", "", text)
    return [word for word in re.findall(r"(?<![\w.-])[A-Za-z_]+(?![\w.-]*\w)", bare) if word in of]


def findings_of(rule: Dict[str, Any]) -> List[Any]:
    fails = rule["fails"]
    try:
        if "plan" in fails:
            return list(imgferry.Plan(fails["plan"]).check())
        if any(fact in fails for fact in ("image", "quota", "running")):
            return []
        at = imgferry.At(fails["region"], **{name: fails[name] for name in ("site", "endpoint", "project_id", "domain_id") if name in fails})
        asked: Any = imgferry.check
        return list(asked(fails.get("cloud", rule["id"].split(".")[0]), fails["operation"], fails["params"], at))
    except imgferry.Error as error:
        return list(error.problems)


@pytest.mark.parametrize("rule", rules.every(), ids=lambda rule: rule["id"])
def test_findings_hold_no_english_beside_names(rule: Dict[str, Any]) -> None:
    for problem in findings_of(rule):
        assert not english_left(problem["message_zh"]), problem


SHAPES: Dict[str, Any] = {
    "clouds": {"tencent": {"endpoint": 5, "site": "moon", "uin": 7, "projects": 5}, "huawei": {"endpoint": "ftp://x"}},
    "copies": [
        5,
        {"cloud": "", "image": 5, "from": "", "to": "ap-shanghai", "name": 5, "params": [], "shared": "x"},
        {"cloud": "huawei", "to": [], "after": {"tags": [], "share": "x"}, "chain": True},
        {"cloud": "huawei", "image": "a", "from": "cn-north-4", "to": [{"region": 5}, 5, {"region": ""}], "after": {"share": [5]}, "chain": {"cmk_id": ""}},
        {"cloud": "tencent", "image": "a", "from": "ap-guangzhou", "to": ["ap-shanghai"], "name": "x{y}"},
    ],
    "policy": {"poll": 15, "settle": "x", "absences": -1, "rates": 5, "ambiguity": "no", "active": 5, "reconcile": 5, "nope": 1},
}


def test_shapes_are_told_in_chinese() -> None:
    wrong: List[Any] = []
    for plan in (SHAPES, {"policy": 5, "copies": 5}, 5):
        with pytest.raises(imgferry.Error) as caught:
            imgferry.Plan(plan)  # type: ignore[arg-type]
        wrong += caught.value.problems
    at = imgferry.At("ap-guangzhou")
    params: Dict[str, Any] = {"ImageIds": ["a", 5], "Filters": [5, {"Name": 5}], "Limit": "x", "Offset": 1.5, "Nope": None}
    wrong += imgferry.check("tencent", "DescribeImages", params, at)  # type: ignore[arg-type]
    wrong += imgferry.check("tencent", "SyncImages", {"DryRun": "x", "ImageIds": {}, "DestinationRegions": None}, at)  # type: ignore[arg-type]
    assert len(wrong) > 40
    left = [problem["message_zh"] for problem in wrong if english_left(problem["message_zh"])]
    assert not left


def test_every_word_of_a_closed_set_has_a_chinese_one() -> None:
    sets = (words.Kind, words.LaneState, words.Owner, words.Ownership, words.RegionClass, words.Retry, words.Severity, words.State)
    for word in [word for one in sets for word in one.__args__]:  # type: ignore[attr-defined]
        assert re.fullmatch(r"[\u4e00-\u9fff]+", chinese.WORDS[word]), word


def test_no_state_is_told_by_its_name_in_the_machine() -> None:
    told = {state: Output(lang="en").word(state) for state in words.LaneState.__args__}  # type: ignore[attr-defined]
    assert told["image"] == told["task"] == "copying" and not {"image", "task", "inspecting", "finding"} & set(told.values())


#: Commands, what they read, and the names that stand in what they tell.
COMMANDS: Dict[str, Tuple[str, ...]] = {
    "explain": ("explain", "InvalidImageName.Duplicate"),
    "explain a time": ("explain", "AuthFailure.SignatureExpire"),
    "explain a limit": ("explain", "RequestLimitExceeded"),
    "explain our own": ("explain", "transport.blocked", "--cloud", "huawei"),
    "regions": ("regions", "tencent"),
    "list": ("list",),
    "doctor": ("doctor", "tencent", "--endpoint", "http://127.0.0.1:9"),
    "report": ("report", "j"),
    "check": ("check", "wrong.json"),
    "copy": ("copy", "wrong.json"),
    "permissions": ("permissions", "plan.json"),
    "no such cloud": ("copy", "--cloud", "aws", "--image", "i", "--from", "a", "--to", "b"),
    "no such option": ("copy", "--clod", "tencent"),
    "no such run": ("watch", "nowhere"),
    "no file": ("check", "none.json"),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_commands_tell_chinese_in_chinese(cli: Cli, name: str) -> None:
    copy = {"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "to": ["ap-shanghai"], "name": "golden"}
    (cli.home / "plan.json").write_text(json.dumps({"copies": [copy], "clouds": {"tencent": {"endpoint": "http://127.0.0.1:9"}}, "policy": {"deadline": "1s", "poll": "200ms"}}))
    (cli.home / "wrong.json").write_text(json.dumps({"copies": [{**copy, "to": "ap-shanghai", "name": 5}], "policy": {"poll": 15}}))
    if name in ("report", "list"):
        cli("copy", "plan.json", *(["--journal", "j"] if name == "report" else []))
    ran = cli(*COMMANDS[name], "--lang", "zh")
    # What the vendor or the system says is told as they say it.
    told = re.sub(r"(消息 .*|无应答（\w+）：.*?(?=；)|^\d{4}-\S+ .*)", "", ran.out + ran.err, flags=re.M)
    assert re.search(r"[\u4e00-\u9fff]", told), ran
    assert not english_left(told, PROSE | MACHINE), told
