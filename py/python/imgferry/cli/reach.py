"""The clouds of a command that calls them itself: where they are and with which keys, as its options say."""

from __future__ import annotations

import argparse
from typing import Any, Dict, List, Mapping, Sequence

from .. import Plan, credentials
from ..error import Error
from . import endpoints, files, profiles
from .calls import Cloud
from .plans import lay_over, project


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options that say where calls go and with which keys."""
    parser.add_argument("--plan", metavar="FILE", help="take endpoints, sites and projects from the clouds of this plan")
    parser.add_argument("--project", action="append", default=[], metavar="REGION=ID", help="Huawei: id of the project in a region; repeatable")
    parser.add_argument("--domain-id", help="Huawei: id of the account")
    profiles.add_arguments(parser)
    endpoints.add_arguments(parser)


def places(options: argparse.Namespace, cloud: str) -> Dict[str, Any]:
    """What the options say of the place of a cloud's calls: as the plan has it, with options laid over."""
    if cloud not in endpoints.CLOUDS:
        from difflib import get_close_matches

        close = get_close_matches(cloud, endpoints.CLOUDS, 1)
        hint = (f"did you mean {close[0]}?", f"是否应为 {close[0]}？") if close else (f"use {endpoints.CLOUDS_IN_WORDS}", f"请使用 {'、'.join(endpoints.CLOUDS)}")
        raise Error(f"there is no cloud {cloud!r}", code="cloud", hint=hint[0], hint_zh=hint[1])
    settings = dict((planned(options).get("clouds") or {}).get(cloud) or {})
    settings.pop("uin", None)
    environment = credentials.place(cloud)
    lay_over(options, cloud, settings, environment)
    if cloud == "huawei":
        settings["projects"] = {**(settings.get("projects") or {}), **dict(project(text) for text in options.project)}
        settings.setdefault("project_id", environment.get("project_id"))
    return {name: value for name, value in settings.items() if value is not None}


def planned(options: argparse.Namespace) -> Dict[str, Any]:
    """The plan that lends its clouds, checked as far as they go."""
    if not options.plan:
        return {}
    plan, findings = files.load(options.plan)
    findings += Plan(plan, trusted_hosts=endpoints.trusted(options)).check()
    wrong = [finding for finding in findings if finding["severity"] == "error" and finding["path"].startswith("clouds")]
    if wrong:
        raise files.refusal(options.plan, wrong)
    return plan


def clouds_of(plan: Mapping[str, Any]) -> List[str]:
    """The clouds that a plan has something for."""
    return sorted({entry["cloud"] for kind in ("copies", "exports") for entry in plan.get(kind) or []})


def reached(options: argparse.Namespace, clouds: Sequence[str]) -> Dict[str, Cloud]:
    """Clouds as the options mean them, with their keys. Raises ``Error`` where one has none."""
    where = {cloud: places(options, cloud) for cloud in clouds}
    source = profiles.Source(options, clouds)
    return {cloud: Cloud(cloud, source.load(cloud), where[cloud]) for cloud in clouds}
