"""Many accounts and roles, from a file: ``--accounts FILE --account NAME``.

The file, YAML or JSON, holds ``accounts``: a list of records with these fields.

  name         what --account calls it
  cloud        tencent, volcengine or huawei
  profile      the profile of the vendors' own files that holds its key; or
  env          the variables that hold it: id, secret and, for a temporary key, token; or
  instance     the role (Huawei: agency) of the server that this runs on, whose key the server's metadata service gives;
               without any of these the key is found as without a file
  metadata     another address of that service, such as http://169.254.169.254
  role         the role to take with that key: Tencent's RoleArn, Volcengine's RoleTrn, the name of Huawei's agency
  domain_name  Huawei: the account that has given the agency; or domain_id
  external_id  Tencent: the word that the role's owner wants to hear
  session      name of the session, which the audit log shows (default: imgferry)
  duration     life of the role's key, such as 1h (default: the cloud's own); it is taken again before it ends
  endpoint     another host for the call that takes the role
"""

from __future__ import annotations

import difflib
import os
import re
import time
from types import SimpleNamespace
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

from .. import Credentials, credentials
from ..error import Error
from . import calls, endpoints, files, pool

FIELDS = ("name", "cloud", "profile", "env", "instance", "metadata", "role", "domain_name", "domain_id", "external_id", "session", "duration", "endpoint")
SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
#: Fields that only a role has, and those that only one cloud has.
OF_ROLE = ("domain_name", "domain_id", "external_id", "session", "duration", "endpoint")
OF_CLOUD = {"domain_name": "huawei", "domain_id": "huawei", "external_id": "tencent"}
#: What a role's name looks like, and the same in words.
ROLES: Mapping[str, Tuple[str, str]] = {
    "tencent": (r"qcs::cam::uin/\d+:role(?:Name)?/\S+", "qcs::cam::uin/100000000001:roleName/NAME"),
    "volcengine": (r"trn:iam::\d+:role/\S+", "trn:iam::2000000001:role/NAME"),
    "huawei": (r"\S(?:.{0,62}\S)?", "the name of the agency"),
}
#: Where the metadata service of a server gives the key of its role, and what the parts of the key are called there.
METADATA: Mapping[str, Tuple[str, str, credentials.Names]] = {
    "tencent": (
        "http://metadata.tencentyun.com",
        "/latest/meta-data/cam/security-credentials/{role}",
        credentials.Names("TmpSecretId", "TmpSecretKey", ("Token",)),
    ),
    "volcengine": (
        "http://100.96.0.96",
        "/latest/iam/security_credentials/{role}",
        credentials.Names("AccessKeyId", "SecretAccessKey", ("SessionToken",)),
    ),
    "huawei": ("http://169.254.169.254", "/openstack/latest/securitykey", credentials.Names("access", "secret", ("securitytoken",))),
}
#: How long the metadata service is waited for, in seconds: it is on the same host, or not there.
METADATA_S = 5
#: How much of its life a role's key is used at most; the rest is for what is under way.
SHARE = 0.5
#: A key of a long life is used until so many seconds before its end.
MARGIN_S = 300


class Accounts:
    """The accounts that were chosen, one a cloud, and the keys of their roles."""

    def __init__(self, path: str, names: Sequence[str]) -> None:
        self.chosen: Dict[str, Dict[str, Any]] = {}
        #: The key of each role, and until when it is used.
        self.taken: Dict[str, Tuple[Credentials, float]] = {}
        known = {account["name"]: account for account in read(path)}
        for name in names:
            if name not in known:
                close = difflib.get_close_matches(name, known, 1)
                listed = ", ".join(known)
                raise Error(
                    f"{path} has no account {name!r}",
                    code="accounts.name",
                    hint=f"did you mean {close[0]}?" if close else f"there are {listed}",
                    hint_zh=f"是否应为 {close[0]}？" if close else f"现有账号：{listed}",
                )
            account = known[name]
            other = self.chosen.setdefault(account["cloud"], account)
            if other is not account:
                raise Error(
                    f"--account {other['name']} and --account {name} are both of {account['cloud']}: a run works with one account of a cloud",
                    code="accounts.cloud",
                    hint="run the plan once for each account, with --only where they differ",
                    hint_zh="请为每个账号分别执行，必要时使用 --only",
                )

    def load(self, cloud: str, fresh: bool = False) -> Credentials:
        """The key of the account of a cloud; ``fresh`` where the one before was refused. Raises ``Error``."""
        account = self.chosen[cloud]
        if "role" not in account:
            return own_key(account)
        held = self.taken.get(cloud)
        if held and not fresh and time.monotonic() < held[1]:
            return held[0]
        self.taken[cloud] = take_role(account, own_key(account))
        return self.taken[cloud][0]


def own_key(account: Mapping[str, Any]) -> Credentials:
    """The key that stands behind an account."""
    if "instance" in account:
        return instance_key(account)
    if "env" not in account:
        return credentials.load(account["cloud"], profile=account.get("profile"))
    id, secret, *token = account["env"]
    found = credentials.take("the environment", credentials.Names(id, secret, tuple(token)), os.environ)
    if found is None:
        raise Error(
            f"account {account['name']}: neither {id} nor {secret} is set",
            code=f"credentials.{account['cloud']}",
            hint=f"set {id} and {secret}",
            hint_zh=f"请设置环境变量 {id} 和 {secret}",
        )
    return found


def instance_key(account: Mapping[str, Any]) -> Credentials:
    """The key that the metadata service of this server gives; the service replaces it before it ends."""
    import json
    from urllib.parse import quote

    base, path, names = METADATA[account["cloud"]]
    base = account.get("metadata", base).rstrip("/")
    url = base + path.format(role=quote(account["instance"], safe=""))
    asked: Any = SimpleNamespace(method="GET", url=url, headers=[("Connection", "close")], body="")
    # No proxy may see it, and no redirect lead elsewhere.
    outcome = pool.Direct().exchange(asked, METADATA_S * 1000, pool.Leaving())
    data: Any = None
    why = ""
    if len(outcome) == 2:
        # What it says may hold a key, and is not repeated.
        why = re.sub(r": b?['\"].*", "", outcome[1])
    elif outcome[0] != 200:
        why = f"it answers with HTTP {outcome[0]}"
    else:
        try:
            data = json.loads(outcome[2])
        except (ValueError, RecursionError):
            why = "it answers no JSON"
    if why:
        raise Error(
            f"account {account['name']}: the metadata service at {base} gives no key of {account['instance']}: {why}",
            code="accounts.metadata",
            hint="run this on a server of that cloud that has the role, or give the account another key",
            hint_zh="请在已绑定该角色的云服务器上运行，或为该账号配置其他密钥",
        )
    values = data.get("credential", data) if isinstance(data, dict) else {}
    found = credentials.take(f"the metadata service at {base}", names, values if isinstance(values, dict) else {})
    if found is None:
        raise Error(
            f"account {account['name']}: the answer of the metadata service at {base} holds no key",
            code="accounts.metadata",
            hint="look whether the server has the role",
            hint_zh="请检查服务器是否已绑定该角色",
        )
    return found


def take_role(account: Mapping[str, Any], key: Credentials) -> Tuple[Credentials, float]:
    """A temporary key of the role, and until when by the monotonic clock it is used."""
    name, role = account["cloud"], account["role"]
    cloud = calls.Cloud(name, key, {"endpoint": account["endpoint"]} if "endpoint" in account else {})
    duration = {"duration": seconds(account["duration"])} if "duration" in account else {}
    if name == "huawei":
        operation = "CreateTemporaryAccessKeyByAgency"
        giver = {field: account[field] for field in ("domain_name", "domain_id") if field in account}
        params = {"agency_name": role, **giver, **{"duration_seconds": value for value in duration.values()}}
    else:
        operation, field = "AssumeRole", {"tencent": "RoleArn", "volcengine": "RoleTrn"}[name]
        params = {field: role, "RoleSessionName": account.get("session", "imgferry"), **{"DurationSeconds": value for value in duration.values()}}
        if "external_id" in account:
            params["ExternalId"] = account["external_id"]
    try:
        facts = cloud.ask(operation, params, calls.home_of(name, None))["facts"]
    except Error as error:
        error.message = f"account {account['name']}: the role {role} cannot be taken: {error.message}"
        raise
    assert facts["type"] == "temporary"
    # By the cloud's clock, whatever this one says.
    life_s = (facts["expires_ms"] - cloud.now_ms) / 1000 if facts["expires_ms"] and cloud.now_ms else 0.0
    used_s = max(life_s - MARGIN_S, life_s * SHARE, 0.0)
    return Credentials(facts["id"], facts["secret"], facts["token"]), time.monotonic() + used_s


def seconds(text: str) -> int:
    """A duration in seconds."""
    found = re.fullmatch(r"(\d{1,6})([smhd])", text)
    assert found, "it was checked when the file was read"
    return int(found[1]) * SECONDS[found[2]]


def read(path: str) -> List[Dict[str, Any]]:
    """The accounts of a file; every mistake in it is told at once."""
    data, findings = files.load(path)
    wrong = [f"{finding['path']}: {finding['message']}" for finding in findings if finding["severity"] == "error"]
    accounts = data.get("accounts")
    wrong += [f"{field}: there is no such field; the file holds accounts" for field in data if field != "accounts"]
    if not isinstance(accounts, list) or not accounts:
        wrong.append("accounts: must be a list of records")
        accounts = []
    seen: List[str] = []
    for number, account in enumerate(accounts):
        place = f"accounts[{number}]"
        if not isinstance(account, dict):
            wrong.append(f"{place}: must be a record")
            continue
        wrong += [f"{place}.{field}: {why}" for field, why in mistakes(account)]
        if account.get("name") in seen:
            wrong.append(f"{place}.name: {account['name']} is there twice")
        seen.append(account.get("name"))  # type: ignore[arg-type]
    if wrong:
        more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
        raise Error(f"{path}: {wrong[0]}{more}", code="accounts", hint="correct the file", hint_zh="请修正该文件")
    return accounts


def mistakes(account: Mapping[str, Any]) -> List[Tuple[str, str]]:
    """What is wrong with one account, by field. A secret in the file is refused, and never repeated."""
    wrong: List[Tuple[str, str]] = []
    for field, value in account.items():
        if field not in FIELDS:
            close = difflib.get_close_matches(str(field), FIELDS, 1)
            wrong.append((str(field), f"there is no such field{f', did you mean {close[0]}?' if close else ''}; keys themselves do not belong here"))
        elif field == "env":
            if not isinstance(value, list) or not 2 <= len(value) <= 3 or not all(isinstance(name, str) and re.fullmatch(r"[A-Za-z_]\w*", name) for name in value):
                wrong.append((field, "must be the names of two or three variables: id, secret, token"))
        elif not isinstance(value, str) or not value:
            wrong.append((field, "must be a text"))
    wrong += [(field, "is missing") for field in ("name", "cloud") if field not in account]
    told = {field for field, _ in wrong}
    cloud, role = account.get("cloud"), account.get("role")
    if "cloud" not in told and cloud not in endpoints.CLOUDS:
        wrong.append(("cloud", f"must be {endpoints.CLOUDS_IN_WORDS}"))
        return wrong
    ways = [field for field in ("profile", "env", "instance") if field in account]
    if len(ways) > 1:
        wrong.append((ways[1], f"{' and '.join(ways)} are answers to one question: give one"))
    if "metadata" in account and "instance" not in account:
        wrong.append(("metadata", "would change nothing without instance"))
    elif not re.fullmatch(r"http://[^/@]+/?", str(account.get("metadata", "http://-"))):
        wrong.append(("metadata", "must be written like http://169.254.169.254"))
    for field in OF_ROLE:
        if field in account and role is None:
            wrong.append((field, "would change nothing without a role"))
        elif field in account and OF_CLOUD.get(field, cloud) != cloud:
            wrong.append((field, f"is for {OF_CLOUD[field]} alone"))
    if isinstance(role, str) and isinstance(cloud, str) and not re.fullmatch(ROLES[cloud][0], role):
        wrong.append(("role", f"must be written like {ROLES[cloud][1]}"))
    if role is not None and cloud == "huawei" and not {"domain_name", "domain_id"} & account.keys():
        wrong.append(("domain_name", "is missing: whose agency it is, by domain_name or domain_id"))
    if isinstance(account.get("duration"), str) and not re.fullmatch(r"\d{1,6}[smhd]", account["duration"]):
        wrong.append(("duration", "must be written like 3600s, 30m or 1h"))
    if isinstance(account.get("endpoint"), str):
        try:
            endpoints.check(account["endpoint"], ())
        except Error as error:
            wrong.append(("endpoint", error.message.partition(": ")[2]))
    return wrong


def chosen(path: Optional[str], names: Sequence[str]) -> Optional[Accounts]:
    """The accounts that the options choose; ``None`` where they choose none."""
    if not path and not names:
        return None
    if not path or not names:
        missing, given = ("--accounts FILE", "--account") if names else ("--account NAME", "--accounts")
        raise Error(f"{given} needs {missing}", code="usage", hint=f"add {missing}", hint_zh=f"请加上 {missing}")
    return Accounts(path, names)
