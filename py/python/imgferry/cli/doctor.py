"""Looks at all that must be right before a call can succeed: keys, clock, proxy, certificates, host, and whose key it is.

  imgferry doctor
  imgferry doctor tencent huawei --profile huawei=work
  imgferry doctor --plan golden.yaml

Each cloud gets two harmless signed reads: whose key it is, and its regions (Huawei Cloud: its images). Without CLOUD those
of the plan are looked at, or all that have a key. No secret is shown. Exit code 0 when nothing is at fault, warnings
included; 5 when something is.
"""

from __future__ import annotations

import argparse
import os
import time
from dataclasses import asdict, dataclass
from typing import Any, Callable, List, Mapping, Optional
from urllib.parse import urlsplit

from .. import Credentials, build, credentials, explain, read, transport
from .._imgferry import is_loopback
from ..error import Error
from . import calls, chinese, endpoints, pool, profiles, reach
from .commands import INVALID
from .output import Output, plain, reason, width

#: How far a clock may be off before it is told, in seconds. The clouds refuse from 5 (Tencent) or 15 minutes on.
OFF_S = 60
#: What says whose key it is, and the read that shows that images can be worked with.
IDENTITY = {"tencent": "GetCallerIdentity", "volcengine": "GetCallerIdentity", "huawei": "ListAuthDomains"}
#: Huawei's regions are told by another host than its images.
READ: Mapping[str, Any] = {
    "tencent": ("DescribeRegions", {}),
    "volcengine": ("DescribeRegions", {"MaxResults": 20}),
    "huawei": ("ListImages", {"__imagetype": "private", "limit": 1}),
}
TRUST = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


@dataclass
class Finding:
    """One thing that was looked at: ``ok``, ``warning`` or ``fault``, and the next step where there is one."""

    cloud: str
    check: str
    status: str
    message: str
    message_zh: str
    next: str = ""
    next_zh: str = ""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("cloud", nargs="*", metavar="CLOUD", help=endpoints.CLOUDS_IN_WORDS)
    parser.add_argument("--region", help="the region that is asked (default: one that every account has)")
    reach.add_arguments(parser)


def run(options: argparse.Namespace, output: Output) -> int:
    findings: List[Finding] = []
    clouds = asked(options)
    source = profiles.Source(options, clouds)
    for cloud in clouds:
        Patient(cloud, options, source, findings).look()
    rows = [
        (output.pick(*STATUS[finding.status]), finding.cloud, output.word(finding.check), output.pick(finding.message, finding.message_zh), output.pick(finding.next, finding.next_zh))
        for finding in findings
    ]
    output.result([asdict(finding) for finding in findings], "\n".join(map(line, rows)))
    return INVALID if any(finding.status == "fault" for finding in findings) else 0


STATUS = {"ok": ("ok", "正常"), "warning": ("warning", "警告"), "fault": ("FAULT", "故障")}


def line(row: "tuple[str, str, str, str, str]") -> str:
    status, cloud, check, message, step = map(plain, row)
    told = " ".join([*(cell + " " * (room - width(cell)) for cell, room in ((status, 8), (cloud, 11), (check, 9))), message])
    return told + (f"; {step}" if step and step.isascii() else f"；{step}" if step else "")


def asked(options: argparse.Namespace) -> List[str]:
    """The clouds to look at."""
    named: List[str] = options.cloud or (reach.clouds_of(reach.planned(options)) if options.plan else [])
    asked_for = profiles.chosen(options.profile, endpoints.CLOUDS)
    chosen = named or [cloud for cloud in endpoints.CLOUDS if credentials.sources(cloud, profile=asked_for.get(cloud))]
    if not chosen and asked_for:
        # None has such a profile: each says so.
        chosen = list(asked_for)
    if options.account and not named:
        from . import accounts

        chosen = list((accounts.chosen(options.accounts, options.account) or accounts.Accounts(options.accounts, [])).chosen)
    if not chosen:
        raise Error(
            "there is no key of any cloud, in the environment or in the vendors' files",
            code="credentials",
            hint="name a cloud, as in `imgferry doctor tencent`, to see where its key is looked for",
            hint_zh="请指定云，例如 `imgferry doctor tencent`，查看在哪些位置查找密钥",
        )
    for cloud in chosen:
        reach.places(options, cloud)
    return list(dict.fromkeys(chosen))


class Patient:
    """One cloud, looked at in the order in which a call meets its obstacles."""

    def __init__(self, cloud: str, options: argparse.Namespace, source: profiles.Source, findings: List[Finding]) -> None:
        self.cloud, self.source, self.findings = cloud, source, findings
        self.where = reach.places(options, cloud)
        self.region: str = options.region or calls.home_of(cloud, self.where.get("site"))
        self.clock_told = False
        self.hosts: List[str] = []

    def tell(self, check: str, status: str, en: str, zh: str, step: str = "", step_zh: str = "") -> None:
        self.findings.append(Finding(self.cloud, check, status, en, zh, step, step_zh))

    def fault(self, check: str, error: Error, status: str = "fault") -> None:
        (told, told_zh), id = reason(self.cloud, error.code, error.message), error.request_id
        self.tell(check, status, told + (f" (request {id})" if id else ""), told_zh + (f"（请求 {id}）" if id else ""), error.hint, error.hint_zh)

    def look(self) -> None:
        key = self.key()
        operation, params = READ[self.cloud]
        try:
            self.way(build(self.cloud, operation, params, calls.at(self.where, self.region)).request.url)  # type: ignore[call-overload]
        except Error as error:
            return self.fault("host", error)
        # A key that is refused is refused everywhere.
        if key and self.ask(key, "read", operation, params, self.answered):
            self.ask(key, "identity", IDENTITY[self.cloud], {}, self.known)

    def key(self) -> Optional[Credentials]:
        """Which key is taken, and from where; what else is there and is not."""
        account = self.source.accounts and self.source.accounts.chosen.get(self.cloud)
        if account:
            return self.key_of(account)
        profile = self.source.profiles.get(self.cloud)
        there = credentials.sources(self.cloud, profile=profile)
        if not there:
            try:
                credentials.load(self.cloud, profile=profile)
            except Error as error:
                self.fault("key", error)
            return None
        first, others = there[0], there[1:]
        if first.error:
            self.fault("key", first.error)
        elif first.key:
            kind = ("temporary", "临时") if "token: Some" in repr(first.key) else ("long-lived", "长期")
            self.tell("key", "ok", f"{first.key.id} ({kind[0]}) from {first.place}", f"{first.key.id}（{kind[1]}）来自 {first.place}")
        for other in others:
            same = other.key and first.key and other.key.id == first.key.id
            en, zh = f"{other.place} is not used: {first.place} comes first", f"未使用 {other.place}：{first.place} 优先"
            if other.key:
                en, zh = f"{en} ({other.key.id})", f"{zh}（{other.key.id}）"
            elif other.error:
                en, zh = f"{en} ({other.error.message})", f"{zh}（{other.error.message}）"
            step = ("", "") if same else ("remove the one you do not mean, or name a profile by --profile", "请移除不需要的密钥，或用 --profile 指定配置")
            self.tell("key", "ok" if same else "warning", en, zh, *step)
        return first.key

    def key_of(self, account: Mapping[str, Any]) -> Optional[Credentials]:
        """The key of an account of a file; taking its role is a call of its own."""
        try:
            key = self.source.load(self.cloud)
        except Error as error:
            self.fault("key", error)
            return None
        role = account.get("role")
        en, zh = (f", by the role {role}", f"，角色 {role}") if role else ("", "")
        self.tell("key", "ok", f"{key.id} of the account {account['name']}{en}", f"{key.id}，账号 {account['name']}{zh}")
        return key

    def way(self, url: str) -> None:
        """Proxy and trust, as far as they can be told before anything is sent."""
        parts = urlsplit(url)
        proxy = transport.proxy_for(url)
        self.tell(
            "proxy",
            "ok",
            f"{parts.netloc} is reached through {proxy}" if proxy else f"{parts.netloc} is reached without a proxy",
            f"经代理 {proxy} 访问 {parts.netloc}" if proxy else f"不经代理访问 {parts.netloc}",
        )
        if parts.scheme == "http":
            status = "ok" if is_loopback(parts.hostname or "") else "warning"
            return self.tell("tls", status, f"{parts.netloc} is called without TLS", f"访问 {parts.netloc} 未使用 TLS")
        try:
            transport.trust()
        except Error as error:
            return self.fault("tls", error)
        variable = next((name for name in TRUST if os.environ.get(name)), None)
        self.tell(
            "tls",
            "ok",
            f"certificates are judged by {variable}={os.environ[variable]}" if variable else "certificates are judged by those of the system",
            f"证书按 {variable}={os.environ[variable]} 校验" if variable else "证书按系统信任库校验",
        )

    def ask(self, key: Credentials, check: str, operation: str, params: Mapping[str, Any], answered: Callable[[Any], None]) -> bool:
        """One signed read: whether the host answers, how its clock stands, and what it says. False where no other read
        with this key would do better."""
        call = build(self.cloud, operation, params, calls.at(self.where, self.region))  # type: ignore[call-overload]
        began = time.time()
        request = call.sign(key, time_ms=int(began * 1000))
        host = urlsplit(request.url).netloc
        outcome = pool.sending()(request, calls.TIMEOUT_MS)
        ended = time.time()
        if len(outcome) == 2:
            why, cause = outcome
            is_certificate = "certificate" in cause
            known = explain(self.cloud, f"transport.{why}", message=cause)
            told = f"{host} gives no answer ({why}): {cause}", f"{host} 无应答（{chinese.WORDS[why]}）：{cause}"
            self.tell("tls" if is_certificate else "host", "fault", *told, known["next"], known["next_zh"])
            return self.cloud == "huawei"
        status, headers, body = outcome
        if host not in self.hosts:
            self.hosts.append(host)
            self.tell("host", "ok", f"{host} answers in {(ended - began) * 1000:.0f} ms", f"{host} 在 {(ended - began) * 1000:.0f} 毫秒内应答")
        self.clock(headers, (began + ended) / 2)
        try:
            reply = read(self.cloud, operation, status, headers, body, credentials=key, params=params)
        except Error as error:
            # Without the right to ask whose key it is, images can be copied all the same.
            is_no_matter = check == "identity" and error.kind in ("permission", "unsupported", "not_found")
            self.fault(check, error, "warning" if is_no_matter else "fault")
            return error.kind != "auth"
        answered(reply)
        return True

    def clock(self, headers: Any, now: float) -> None:
        """How far the host's clock is from this one, as its ``Date`` tells; once."""
        date_ms = calls.date(headers)
        if self.clock_told or date_ms is None:
            return
        # A date is cut to its second.
        off = now - (date_ms / 1000 + 0.5)
        self.clock_told = True
        if abs(off) <= OFF_S:
            return self.tell("clock", "ok", f"within {max(1, round(abs(off)))} s of the cloud's", f"与云端相差不超过 {max(1, round(abs(off)))} 秒")
        en, zh = ("ahead of", "快") if off > 0 else ("behind", "慢")
        self.tell(
            "clock",
            "warning",
            f"this clock is {abs(off):.0f} s {en} the cloud's",
            f"本机时钟比云端{zh} {abs(off):.0f} 秒",
            "set it, for example by `timedatectl set-ntp true`: signatures are refused when it is off by minutes",
            "请校准时钟，例如 `timedatectl set-ntp true`：偏差数分钟会导致签名被拒",
        )

    def answered(self, reply: Any) -> None:
        facts, id = reply["facts"], reply["request_id"]
        if facts["type"] == "regions":
            return self.tell("read", "ok", f"{len(facts['items'])} regions listed (request {id})", f"列出 {len(facts['items'])} 个地域（请求 {id}）")
        self.tell("read", "ok", f"images of {self.region} can be listed (request {id})", f"可以列出 {self.region} 的镜像（请求 {id}）")

    def known(self, reply: Any) -> None:
        facts = reply["facts"]
        who = " ".join(filter(None, (facts["kind"], facts["name"])))
        self.tell("identity", "ok", f"account {facts['account']}" + (f": {who}" if who else ""), f"账号 {facts['account']}" + (f"：{who}" if who else ""))
