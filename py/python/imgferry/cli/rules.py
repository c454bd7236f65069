"""Lists the documented rules that are checked before anything is sent, each with an example that passes and one that fails.

  imgferry rules                          of all clouds, of plans and of parameters
  imgferry rules huawei                   of one cloud; plan and params are those of every cloud
  imgferry rules tencent.SyncImages       of one operation, or a single rule by its id

An example is an operation with its parameters where it is called, or a plan, and what is known of image, quota and running
copies where the rule needs it. The first is free of the rule, the second breaks it. Which of these the vendors' own
clients let pass is told in the documentation, under "What the vendors' clients let pass".
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any, Dict, List

from .. import rules
from ..error import Error
from .endpoints import CLOUDS
from .output import Output


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", nargs="?", default="", metavar="CLOUD", help=f"{', '.join(CLOUDS)}, plan, params, or the beginning of a rule's id")


def run(options: argparse.Namespace, output: Output) -> int:
    known = every()
    found = [rule for rule in known if begins(rule["id"], options.what)]
    if not found:
        raise unknown(options.what, [rule["id"] for rule in known])
    output.result(found, "\n\n".join(text(rule, output) for rule in found))
    return 0


def every() -> List[Dict[str, Any]]:
    """All rules, each with its examples."""
    examples = json.loads(Path(__file__).with_name("rule_examples.json").read_text(encoding="utf-8"))
    known = [*rules(), *(rule for cloud in CLOUDS for rule in rules(cloud))]
    return [{**rule, **examples[rule["id"]]} for rule in known]


def begins(id: str, what: str) -> bool:
    """Whether an id is what is asked for, or begins with it as a whole part."""
    return not what or id == what or id.startswith(what.rstrip(".") + ".")


def text(rule: Dict[str, Any], output: Output) -> str:
    """A rule for people."""
    severity = output.pick(rule["severity"], {"error": "错误", "warning": "警告", "note": "提示"}[rule["severity"]])
    code = f" · {rule['vendor_code']}" if rule["vendor_code"] else ""
    return "\n".join([
        f"{rule['id']} · {severity}{code}",
        f"  {output.pick(rule['message'], rule['message_zh'])}",
        f"  {output.pick('passes', '通过')}{output.colon}{example(rule['passes'])}",
        f"  {output.pick('fails ', '不通过')}{output.colon}{example(rule['fails'])}",
    ])


def example(given: Dict[str, Any]) -> str:
    """An example in one line, long lists and texts cut short."""
    if "plan" in given:
        words = [shown(given["plan"])]
    else:
        place = {name: given[name] for name in ("site", "endpoint", "project_id", "domain_id") if name in given}
        words = [given["operation"], given["region"] or '""', shown(given["params"]), *([shown(place)] if place else [])]
    known = {name: given[name] for name in ("image", "quota", "running") if name in given}
    return " ".join([*words, *([f"· {shown(known)}"] if known else [])])


def shown(data: Any) -> str:
    return json.dumps(short(data), ensure_ascii=False)


def short(data: Any) -> Any:
    """Data of bearable length: of a long list or text the beginning, and how long it is."""
    if isinstance(data, dict):
        return {name: short(value) for name, value in data.items()}
    if isinstance(data, list):
        return [*map(short, data[:3]), *([f"… {len(data)} in all"] if len(data) > 3 else [])]
    return f"{data[:20]}… ({len(data)} characters)" if isinstance(data, str) and len(data) > 100 else data


def unknown(what: str, ids: List[str]) -> Error:
    from difflib import get_close_matches

    parts = sorted({".".join(id.split(".")[:count]) for id in ids for count in range(1, id.count(".") + 2)})
    near = get_close_matches(what, parts, 1, 0.6)
    meant = (f"did you mean {near[0]}?", f"是否应为 {near[0]}？") if near else ("see `imgferry rules`", "请查看 `imgferry rules`")
    return Error(f"no rule begins with {what!r}", code="rule", hint=meant[0], hint_zh=meant[1])
