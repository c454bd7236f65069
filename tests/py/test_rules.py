"""Every rule has an example that passes and one that fails, and both do when they are run."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any, Dict, Set

import pytest

import imgferry
from imgferry.cli import rules
from imgferry.error import Error

#: Findings that no example of a rule can be without: the character is forbidden everywhere.
ALONG = {"huawei.any.description.line_break": {"params.control"}}
#: Rules that hold only once the job has seen the image: `tests/rust/tests/chains.rs` tells their stories.
LATER = {"plan.chain.key"}


def found(example: Dict[str, Any], cloud: str) -> Set[str]:
    """The rules that an example breaks; notes of what every launch assumes are none of its own."""
    if "plan" in example:
        try:
            problems = imgferry.Plan(example["plan"]).check()
        except Error as error:
            problems = error.problems
    else:
        at = imgferry.At(example["region"], **{name: example[name] for name in ("site", "endpoint", "project_id", "domain_id") if name in example})
        asked: Any = imgferry.check
        problems = asked(example.get("cloud", cloud), example["operation"], example["params"], at)
    return {problem["rule"] for problem in problems}


@pytest.mark.parametrize("rule", rules.every(), ids=lambda rule: rule["id"])
def test_the_examples_do_what_they_say(rule: Dict[str, Any]) -> None:
    passes, fails, id = rule["passes"], rule["fails"], rule["id"]
    if id in LATER or any(fact in example for example in (passes, fails) for fact in ("image", "quota", "running")):
        # Facts are no parameters of Python's `check`: `tests/rust/tests/rules.rs` runs these.
        assert passes != fails
        return
    good, bad = found(passes, id.split(".")[0]), found(fails, id.split(".")[0])
    assert id not in good
    notes = {name for name in bad if name.endswith(".assumed")}
    assert id in bad and bad - good - notes - ALONG.get(id, set()) <= {id}, (good, bad)


def test_rules_are_told_in_text_and_json() -> None:
    def ran(*arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run([sys.executable, "-m", "imgferry", "rules", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8")

    all_of_it = json.loads(ran("--output", "json").stdout)
    assert len(all_of_it) > 260 and len({rule["id"] for rule in all_of_it}) == len(all_of_it)
    of_one = ran("tencent.SyncImages.ImageName.length", "--lang", "en").stdout
    assert of_one.startswith("tencent.SyncImages.ImageName.length · error") and "passes: SyncImages ap-beijing" in of_one and "(61 characters)" not in of_one
    assert all(rule["id"].startswith("huawei.") for rule in json.loads(ran("huawei", "--output", "json").stdout))
    assert "通过：" in ran("plan.empty", "--lang", "zh").stdout
    wrong = ran("tencnet")
    assert wrong.returncode == 5 and "did you mean tencent?" in wrong.stderr
