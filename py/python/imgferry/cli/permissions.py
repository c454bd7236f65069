"""The rights that a plan needs, no more and no less, as the policy of each cloud writes them. Nothing is sent.

  imgferry permissions golden.yaml
  imgferry permissions golden.yaml --only tencent --output json

Tencent Cloud: a policy of CAM; Volcengine: one of IAM; Huawei Cloud: a custom policy, and the agency that copies act by.
They are made from the calls that the plan can lead to, each with what becomes of a run without it; --least leaves out those
that other calls stand in for. What no page of the vendor says is said to be unknown.
"""

from __future__ import annotations

import argparse
import json
from typing import Any, Callable, Dict, List, Mapping, Sequence, Tuple

from ..types import Need
from . import plans
from .copy import KIND
from .output import Output, aligned

WHY = {
    "inspect": ("look at the source", "查看源镜像"),
    "find": ("see what is there", "查看已有镜像"),
    "quota": ("learn the room left", "查询剩余配额"),
    "launch": ("launch", "发起"),
    "chain": ("make an image on the way", "制作中转镜像"),
    "watch": ("watch", "跟踪进度"),
    "change": ("name, tag, share, or delete a step", "命名、打标签、共享或删除中转镜像"),
}
#: What becomes of a run without an action, the worst first.
WITHOUT = {
    "refused": ("the run is refused or cannot be followed", "运行被拒或无法跟踪"),
    "blind": ("what is there is not seen: nothing is skipped, a lost launch stays ambiguous", "看不到已有镜像：不会跳过，丢失应答的发起无法判定"),
    "warned": ("the run warns and goes on", "告警后继续"),
}
Note = Tuple[str, str]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    plans.add_arguments(parser, destinations=True)
    parser.add_argument("--least", action="store_true", help="leave out what a run gets by without: it warns then, and goes on by other means")


def run(options: argparse.Namespace, output: Output) -> int:
    plan = plans.read(options, KIND)
    needs = plan.needs()
    if options.least:
        kept = {need["grant"] for need in needs if need["without"] != "warned"}
        needs = [need for need in needs if need["grant"] in kept]
    whole = plan.as_dict()
    data = {cloud: told([need for need in needs if need["cloud"] == cloud], cloud, whole) for cloud in dict.fromkeys(need["cloud"] for need in needs)}
    output.result(data, "\n\n".join(text(cloud, part, output) for cloud, part in data.items()))
    return 0


def told(needs: Sequence[Need], cloud: str, plan: Mapping[str, Any]) -> Dict[str, Any]:
    """What a cloud must allow: the policy, what each of its actions is for, the agency where there is one, what is not known."""
    actions: Dict[str, Dict[str, Any]] = {}
    for need in needs:
        if need["grant"]:
            known = actions.setdefault(need["grant"], {"action": need["grant"], "without": "warned", "operations": [], "regions": [], "purposes": []})
            known["without"] = min(known["without"], need["without"], key=list(WITHOUT).index)
            for field, value in (("operations", need["operation"]), ("regions", need["region"]), ("purposes", need["purpose"])):
                if value not in known[field]:
                    known[field].append(value)
    policy = POLICIES[cloud](sorted(actions))
    notes = [{"message": en, "message_zh": zh} for en, zh in unknown(needs, cloud, plan)]
    found = {"policy": policy, "actions": [actions[name] for name in sorted(actions)], "notes": notes}
    return {**found, "agencies": agencies(plan)} if cloud == "huawei" else found


#: Each vendor's own form. No page names a resource for these calls on Tencent Cloud and Volcengine.
POLICIES: Mapping[str, Callable[[List[str]], Dict[str, Any]]] = {
    "tencent": lambda actions: {"version": "2.0", "statement": [{"effect": "allow", "action": actions, "resource": ["*"]}]},
    "volcengine": lambda actions: {"Statement": [{"Effect": "Allow", "Action": actions, "Resource": ["*"]}]},
    "huawei": lambda actions: {"Version": "1.1", "Statement": [{"Effect": "Allow", "Action": actions}]},
}


def agencies(plan: Mapping[str, Any]) -> List[Dict[str, Any]]:
    """The agencies by which copies act in their destinations: whom they trust, and with what, in which projects."""
    found: Dict[str, Dict[str, Any]] = {}
    for entry in plan.get("copies") or []:
        for target in entry["to"] if entry["cloud"] == "huawei" else []:
            region, own = (target, {}) if isinstance(target, str) else (target["region"], target.get("params") or {})
            params = {**(entry.get("params") or {}), **own}
            name = params.get("agency_name")
            if name:
                # A vault in the destination is what images of whole servers need.
                policy = "IMS CrossCopyAgencyCBRPolicy" if params.get("vault_id") else "IMS CrossCopyAgencyPolicy"
                agency = found.setdefault(name, {"agency_name": name, "type": "cloud service", "trust_domain_name": "op_svc_ims", "policies": [], "projects": []})
                for field, value in (("policies", policy), ("projects", params.get("project_name") or region)):
                    if value not in agency[field]:
                        agency[field].append(value)
    return list(found.values())


def unknown(needs: Sequence[Need], cloud: str, plan: Mapping[str, Any]) -> List[Note]:
    """What the vendors' pages leave open, or ask for beside the policy."""
    operations = {need["operation"] for need in needs}
    entries = [entry for kind in ("copies", "exports") for entry in plan.get(kind) or [] if entry["cloud"] == cloud]
    notes: List[Note] = []
    nameless = sorted({need["operation"] for need in needs if not need["grant"]})
    if nameless:
        names = ", ".join(nameless)
        notes.append((f"no page names the action of {names}", f"官方文档未说明 {names} 对应的授权项"))
    if cloud in ("tencent", "volcengine"):
        notes.append(("no page names a resource for these actions, so that * stands there", "官方文档未说明这些授权项的资源描述，因此填写 *"))
    if "SyncImages" in operations and any((entry.get("params") or {}).get("Encrypt") for entry in entries):
        notes.append(("encrypted copies use a key of KMS: no page says which action the caller needs for it", "加密复制会使用 KMS 密钥：官方文档未说明所需授权项"))
    if "ExportImages" in operations:
        notes.append(("the service role (RoleName, default CVM_QcsRole) must be able to write to the bucket", "服务角色（RoleName，默认 CVM_QcsRole）须有存储桶写权限"))
    if cloud == "volcengine" and "ExportImage" in operations:
        notes.append(("ECS must be allowed to write to the bucket", "须授权云服务器写入存储桶"))
    if cloud == "huawei":
        if operations & {"CopyImageCrossRegion", "CopyImageInRegion"}:
            notes.append(
                (
                    "newer pages ask for ims:serverImages:create, obs:bucket:*, obs:object:* and kms:*:* beside ims:images:copy: add them if a launch is refused",
                    "较新的文档除 ims:images:copy 外还要求 ims:serverImages:create、obs:bucket:*、obs:object:* 和 kms:*:*：若复制被拒请补充",
                )
            )
            notes.append(("rights on an enterprise project alone do not do for copies", "仅授予企业项目权限时无法复制"))
        if "ExportImage" in operations:
            notes.append(("an export needs Tenant Administrator on OBS beside the policy", "导出还需要 OBS 的 Tenant Administrator 权限"))
        regions = ", ".join(sorted({need["region"] for need in needs}))
        notes.append((f"grant the policy in the projects of {regions}", f"请在以下地域的项目中授予该策略：{regions}"))
    return notes


NAMES = {"tencent": ("policy of CAM", "CAM 策略"), "volcengine": ("policy of IAM", "IAM 策略"), "huawei": ("custom policy of IAM", "IAM 自定义策略")}


def text(cloud: str, part: Mapping[str, Any], output: Output) -> str:
    pick = output.pick
    lines = [f"{cloud}: {pick(*NAMES[cloud])}", json.dumps(part["policy"], indent=2, ensure_ascii=False), ""]
    head = ("ACTION", "FOR", "WITHOUT IT", "REGIONS"), ("授权项", "用途", "缺少时", "地域")
    rows = [
        (action["action"], pick(", ", "、").join(pick(*WHY[purpose]) for purpose in action["purposes"]), pick(*WITHOUT[action["without"]]), " ".join(action["regions"]))
        for action in part["actions"]
    ]
    lines.append(aligned([head[output.zh], *rows]))
    for agency in part.get("agencies", []):
        lines += ["", pick("agency:", "委托："), json.dumps(agency, indent=2, ensure_ascii=False)]
    lines += [f"{pick('note', '说明')}{output.colon}{pick(note['message'], note['message_zh'])}" for note in part["notes"]]
    return "\n".join(lines)
