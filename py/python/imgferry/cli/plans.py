"""Plans from files or from options, with endpoints, sites and policy laid over them."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, Tuple

from .. import Plan, operations
from ..credentials import PLACE, place as found_place
from ..error import Error
from . import endpoints, files, packer, policy
from .json import broken
from .only import Only
from .output import Output
from .request import parameters

if TYPE_CHECKING:
    from ..types import Problem

#: What describes a plan, and has nothing to describe beside one that stands in a file.
DESCRIBING = {"cloud": "--cloud", "image": "--image", "source": "--from", "to": "--to", "description": "--description", "name": "--name", "param": "--param"}


def add_arguments(parser: argparse.ArgumentParser, *, destinations: bool) -> None:
    parser.add_argument("plan", nargs="?", metavar="PLAN", help="a plan file, JSON or YAML, or - for JSON on stdin; or describe one by options:")
    parser.add_argument(
        "--only", action="append", default=[], metavar="CLOUD[:REGION]", help="leave the rest of the plan out: destinations, for exports the image's region; repeatable"
    )
    packer.add_arguments(parser)
    group = parser.add_argument_group("a plan by options")
    group.add_argument("--cloud", help=endpoints.CLOUDS_IN_WORDS)
    group.add_argument("--image", help="id of the image")
    group.add_argument("--from", dest="source", metavar="REGION", help="the region the image is in")
    if destinations:
        group.add_argument("--to", action="append", default=[], metavar="REGION[,REGION]", help="where it goes; repeatable")
        group.add_argument("--description", help="description of the copies")
    group.add_argument("--name", help="name of the copies; {name} {src} {from} {to} {cloud} {date} {sha8} are filled in (default: the source's)")
    group.add_argument("--param", action="append", default=[], metavar="NAME=VALUE", help="a further parameter of the vendor's call; repeatable")
    group.add_argument("--project", action="append", default=[], metavar="REGION=ID", help="Huawei: id of the project in a region; repeatable")
    group.add_argument("--domain-id", help="Huawei: id of the account")
    endpoints.add_arguments(parser)
    policy.add_arguments(parser)


def read(options: argparse.Namespace, kind: str) -> Plan:
    """The plan that the options mean; ``kind`` is ``copies`` or ``exports``. Raises ``Error`` with all findings."""
    plan, only, findings = whole(options, kind)
    problems = findings + (only.places(trusting(options, plan).check()) if findings or options.only else [])
    if any(problem["severity"] == "error" for problem in problems):
        raise files.refusal(options.plan or "the plan", problems)
    return trusting(options, plan)


def trusting(options: argparse.Namespace, plan: Dict[str, Any]) -> Plan:
    """The plan, with the hosts that the command line trusts."""
    return Plan(plan, trusted_hosts=endpoints.trusted(options))


def warn(plan: Plan, output: Output) -> None:
    """Tells what is probably wrong before anything is launched, each thing once."""
    found = [problem for problem in plan.check() if problem["severity"] == "warning"]
    alike = Counter(output.pick(problem["message"], problem["message_zh"]) for problem in found)
    for message, count in alike.items():
        output.aside(output.pick("warning: ", "警告：") + message + (f" (x {count})" if count > 1 else ""))


def check(options: argparse.Namespace, kind: str) -> List[Problem]:
    """All findings about the plan that the options mean."""
    try:
        plan, only, findings = whole(options, kind)
    except Error as error:
        if not error.problems:
            raise
        return error.problems
    return findings + only.places(trusting(options, plan).check())


def whole(options: argparse.Namespace, kind: str) -> Tuple[Dict[str, Any], Only, List[Problem]]:
    """The plan without what ``--only`` leaves out, and what its file holds that is not what it looks like."""
    if options.packer and not options.plan:
        packer.lay_over_options(options)
    plan, findings = from_file(options) if options.plan else (from_options(options, kind), [])
    if options.packer and options.plan:
        packer.lay_over_plan(options.packer, plan)
    policy.merge(options, plan)
    # Mistakes of form are told now; after this, every part of the plan has its type.
    try:
        Plan(plan)
    except Error as error:
        if findings and error.problems:
            raise files.refusal(options.plan, findings + error.problems) from None
        raise
    clouds = sorted({entry["cloud"] for kind in ("copies", "exports") for entry in plan.get(kind) or []})
    for cloud in clouds:
        settle(options, cloud, plan.setdefault("clouds", {}).setdefault(cloud, {}), plan)
    refuse_idle(options, clouds, plan)
    return plan, Only(options.only, plan), findings


def refuse_idle(options: argparse.Namespace, clouds: List[str], plan: Dict[str, Any]) -> None:
    """Refuses options that would change nothing: whoever gave them meant something else."""
    given = [name for field, name in (("project", "--project"), ("domain_id", "--domain-id")) if getattr(options, field)]
    if given and "huawei" not in clouds:
        raise idle(given, "the plan has nothing for Huawei")
    if options.sign_host and not any(plan["clouds"][cloud].get("endpoint") for cloud in clouds):
        raise idle(["--sign-host"], "there is no endpoint")


def idle(given: List[str], why: str) -> Error:
    names = ", ".join(given)
    return Error(f"{names} would change nothing: {why}", code="usage", hint=f"leave {names} out", hint_zh=f"请去掉 {names}")


def from_file(options: argparse.Namespace) -> Tuple[Dict[str, Any], List[Problem]]:
    """The object in a plan file, and what YAML makes of it."""
    given = [name for field, name in DESCRIBING.items() if getattr(options, field, None)]
    if given:
        names = ", ".join(given)
        raise Error(
            f"{names} would change nothing beside a PLAN",
            code="usage",
            hint=f"leave {names} out; --only CLOUD[:REGION] carries out a part of the plan",
            hint_zh=f"请去掉 {names}；如只需执行计划的一部分，请使用 --only CLOUD[:REGION]",
        )
    if options.plan != "-":
        return files.load(options.plan)
    data = files.as_json("standard input", files.decoded("standard input", sys.stdin.buffer.read()))
    if not isinstance(data, dict):
        raise broken("standard input", "must hold an object")
    return data, []


def from_options(options: argparse.Namespace, kind: str) -> Dict[str, Any]:
    """A plan with one entry. What is missing is named by its option."""
    needed = {"--cloud": options.cloud, "--image": options.image, "--from": options.source}
    if kind == "copies":
        needed["--to"] = options.to
    missing = [name for name, value in needed.items() if not value]
    if missing:
        raise Error(
            f"there is no PLAN, and without one {', '.join(missing)} must be given",
            code="plan",
            hint=f"give {' '.join(missing)}, or a plan file",
            hint_zh=f"请给出 {' '.join(missing)}，或一个计划文件",
        )
    entry: Dict[str, Any] = {"cloud": options.cloud, "image": options.image, "from": options.source}
    if kind == "copies":
        entry["to"] = [region for text in options.to for region in text.split(",")]
        entry["description"] = options.description
    entry["name"] = options.name
    params = parameters([field for table in operations(options.cloud) if table["effect"] == "launch" for field in table["fields"]], options.param)
    if params:
        entry["params"] = params
    return {kind: [{field: value for field, value in entry.items() if value is not None}]}


def lay_over(options: argparse.Namespace, cloud: str, settings: Dict[str, Any], found: Mapping[str, str]) -> None:
    """Lays what the options say of a cloud's place over its settings; ``found`` is what the environment says of it."""
    given = {
        "endpoint": endpoints.endpoints(options.endpoint, options.allow_http).get(cloud),
        "sign_host": options.sign_host,
        "site": options.site,
        "domain_id": options.domain_id or settings.get("domain_id") or found.get("domain_id"),
    }
    settings.update({name: value for name, value in given.items() if value is not None})
    if settings.get("endpoint"):
        endpoints.check(settings["endpoint"], options.allow_http)


def settle(options: argparse.Namespace, cloud: str, settings: Dict[str, Any], plan: Dict[str, Any]) -> None:
    """Lays endpoint, site and projects over the settings of a cloud, and refuses an open line that was not allowed by name."""
    found = found_place(cloud)
    lay_over(options, cloud, settings, found)
    if "project_id" not in PLACE.get(cloud, {}):
        return
    projects = {**(settings.get("projects") or {}), **dict(project(text) for text in options.project)}
    if "project_id" in found:
        # One id in the environment can only mean the regions where calls begin.
        for entry in [*(plan.get("copies") or []), *(plan.get("exports") or [])]:
            if entry["cloud"] == cloud:
                projects.setdefault(entry["from"], found["project_id"])
    settings["projects"] = projects


def project(text: str) -> Tuple[str, str]:
    region, equals, id = text.partition("=")
    if not (equals and region and id):
        raise Error(f"--project {text!r} has no id", code="project", hint="write it like --project REGION=ID", hint_zh="写法为 --project 地域=ID")
    return region, id
