"""Options for every number of the plan's policy. Values are read and checked by the core, as in a plan."""

from __future__ import annotations

import argparse
import json
from typing import Any, Dict

from .. import Plan
from ..error import Error

FIELDS = (
    ("poll", "DURATION", "shortest time between two looks at a copy"),
    ("poll_max", "DURATION", "longest time between two looks at a copy; with --poll alone four times that"),
    ("settle", "DURATION", "how long a launch with a lost answer is given to show before absence is believed"),
    ("absences", "N", "how many listings must lack the copy before it counts as absent"),
    ("visible", "DURATION", "how long a launched copy may stay invisible"),
    ("backoff", "DURATION", "first wait after a refused request"),
    ("backoff_max", "DURATION", "longest wait between two tries"),
    ("source_deadline", "DURATION", "how long a source that is still being made is waited for; after that its copies fail, unlaunched"),
    ("credentials_wait", "DURATION", "how long other keys are waited for when those accepted before are refused"),
    ("lane_deadline", "DURATION", "how long one copy may take; after that it is left running"),
    ("deadline", "DURATION", "how long all may take"),
    ("request_timeout", "DURATION", "how long to wait for one answer"),
    ("concurrency", "N", "requests under way at once"),
    ("launches", "N", "launches with a lost answer that a destination is given"),
    ("ambiguity", "RULE", "what to do when a lost launch is proven absent: probe_then_retry or stop"),
    ("reconcile", "true|false", "look at the destinations first, and skip what is there"),
    ("check_quota", "true|false", "ask for the room in a destination before the first launch"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("policy", "durations are written like 500ms, 2s, 30m or 2h")
    usual = defaults()
    for name, metavar, text in FIELDS:
        group.add_argument(f"--{name.replace('_', '-')}", metavar=metavar, help=f"{text} (default: {written(usual[name], metavar)})")
    group.add_argument(
        "--rate", action="append", default=[], metavar="CLOUD.OPERATION=N", help="requests per second in place of the documented limit; repeatable"
    )
    group.add_argument("--active", action="append", default=[], metavar="CLOUD=N", help="copies at a time in place of the documented limit; repeatable")


def defaults() -> Dict[str, Any]:
    """The policy of a plan that has none, as the core tells it."""
    policy: Dict[str, Any] = Plan({"copies": [{"cloud": "tencent", "image": "img-1", "from": "a", "to": ["b"]}]}).as_dict()["policy"]
    return policy


def written(value: Any, metavar: str) -> str:
    """A number of the policy as its option takes it."""
    if metavar != "DURATION" or isinstance(value, str):
        return json.dumps(value).strip('"')
    for unit, unit_ms in (("h", 3_600_000), ("m", 60_000), ("s", 1_000)):
        if value % unit_ms == 0:
            return f"{value // unit_ms}{unit}"
    return f"{value}ms"


def merge(options: argparse.Namespace, plan: Dict[str, Any]) -> None:
    """Lays the options over the policy of a plan."""
    given: Dict[str, Any] = {}
    for name, metavar, _ in FIELDS:
        value = getattr(options, name)
        if value is not None:
            given[name] = value if metavar in ("DURATION", "RULE") else plain(value)
    for option, field in (("rate", "rates"), ("active", "active")):
        for text in getattr(options, option):
            name, equals, value = text.partition("=")
            if not equals:
                raise Error(f"--{option} {text!r} has no value", code=option, hint=f"write it like --{option} NAME=N", hint_zh=f"写法为 --{option} 名称=数值")
            given.setdefault(field, {})[name] = plain(value)
    if given:
        policy = plan.setdefault("policy", {})
        if isinstance(policy, dict):
            policy.update(given)


def plain(value: str) -> Any:
    """A number or truth value as JSON writes it; anything else stays text, and the core says what it should be."""
    try:
        data = json.loads(value)
    except ValueError:
        return value
    return data if isinstance(data, (int, float)) else value
