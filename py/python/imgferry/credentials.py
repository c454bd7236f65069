"""Finds access keys where the vendors' own tools look for them; what is found is never printed.

The environment comes first, spelling by spelling as listed in ``ENVIRONMENT``; then the vendors' files in the
order of ``FILES``. The first place that names an id or a secret wins, and it must name both.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any, Callable, Dict, Mapping, NamedTuple, Optional, Sequence, Tuple

from ._imgferry import Credentials
from .error import Error

Environment = Mapping[str, str]


class Names(NamedTuple):
    """What id, secret and token are called in one place; a token may have several names."""

    id: str
    secret: str
    tokens: Tuple[str, ...] = ()


class File(NamedTuple):
    """One of the vendors' files: where it is, how it is read, and the names in it."""

    path: Callable[[Environment], str]
    section: Callable[[Path, Environment], Mapping[str, Any]]
    names: Names


def load(cloud: str, environment: Optional[Environment] = None) -> Credentials:
    """The access key for a cloud.

    Raises ``Error`` of kind ``misuse`` that lists where it looked, or names the place that holds half a key.
    """
    environment = os.environ if environment is None else environment
    if cloud not in ENVIRONMENT:
        raise Error(f"there is no cloud {cloud!r}", code="cloud", hint=f"use one of {', '.join(ENVIRONMENT)}", hint_zh=f"请使用 {'、'.join(ENVIRONMENT)}")
    for names in ENVIRONMENT[cloud]:
        found = take("the environment", names, environment)
        if found:
            return found
    for file in FILES[cloud]:
        path = Path(file.path(environment)).expanduser()
        if path.is_file():
            found = take(str(path), file.names, file.section(path, environment))
            if found:
                return found
    variables = " and ".join(ENVIRONMENT[cloud][0][:2])
    files = ", ".join(file.path(environment) for file in FILES[cloud])
    raise Error(
        f"no access key for {cloud}: not in the environment, nor in {files}",
        code=f"credentials.{cloud}",
        hint=f"set {variables}",
        hint_zh=f"请设置环境变量 {variables}",
    )


def place(cloud: str, environment: Optional[Environment] = None) -> Dict[str, str]:
    """What the environment says about the place of calls: ``project_id`` and ``domain_id``, where the cloud has them."""
    environment = os.environ if environment is None else environment
    found = {field: [environment[name] for name in names if environment.get(name)] for field, names in PLACE.get(cloud, {}).items()}
    return {field: values[0] for field, values in found.items() if values}


def take(source: str, names: Names, values: Mapping[str, Any]) -> Optional[Credentials]:
    """The key that stands in one place under these names; ``None`` when nothing of it is there."""
    id, secret = values.get(names.id), values.get(names.secret)
    token = next((values[name] for name in names.tokens if values.get(name)), None)
    if not id and not secret:
        return None
    for name, value in ((names.id, id), (names.secret, secret), ("the token", token)):
        if not isinstance(value, str) and (value is not None or name != "the token"):
            other = names.secret if name == names.id else names.id
            raise Error(
                f"{source} sets {other}, but {name} is missing or no text",
                code=f"credentials.{name}",
                hint=f"set {name} as well, or remove {other}",
                hint_zh=f"请同时设置 {name}，或删除 {other}",
            )
    for name, value in ((names.id, id), (names.secret, secret), ("the token", token)):
        if isinstance(value, str) and len(value) > 1 and value[0] in QUOTES and value[-1] in QUOTES:
            raise Error(
                f"{source}, {name}: the value is wrapped in quotes, which would be part of the key",
                code=f"credentials.{name}",
                hint=f"remove the quotes around {name}",
                hint_zh=f"请去掉 {name} 两端的引号",
            )
    try:
        return Credentials(str(id), str(secret), token)
    except Error as error:
        part = {"credentials.id": names.id, "credentials.secret": names.secret}.get(error.code, "the token")
        raise Error(f"{source}, {part}: {error.message}", code=error.code, hint=error.hint, hint_zh=error.hint_zh) from None


def ini(section: str) -> Callable[[Path, Environment], Mapping[str, Any]]:
    """Reads one section of an INI file."""

    def read(path: Path, _environment: Environment) -> Mapping[str, Any]:
        import configparser

        parser = configparser.RawConfigParser()
        try:
            parser.read(path, encoding="utf-8-sig")
        except (configparser.Error, UnicodeDecodeError):
            raise unreadable(path, "an INI file") from None
        return dict(parser.items(section)) if parser.has_section(section) else {}

    return read


def json_file(path: Path, _environment: Environment) -> Mapping[str, Any]:
    """Reads a JSON object."""
    import json

    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError):
        raise unreadable(path, "JSON") from None
    if not isinstance(data, dict):
        raise unreadable(path, "a JSON object")
    return data


def tencent_login(path: Path, environment: Environment) -> Mapping[str, Any]:
    """A profile of Tencent's command line. A key that a login brought, and whose time is over, would only be refused."""
    data = json_file(path, environment)
    expires = data.get("expiresAt")
    if isinstance(expires, (int, float)) and 0 < expires < time.time():
        raise Error(
            f"the key in {path} expired at {time.strftime('%Y-%m-%d %H:%M:%S', time.gmtime(expires))} UTC",
            code="credentials.expired",
            hint="log in again by `tccli auth login`, or give another key",
            hint_zh="请重新执行 `tccli auth login`，或提供其他密钥",
        )
    return data


def huawei_profile(path: Path, environment: Environment) -> Mapping[str, Any]:
    """The current profile of Huawei Cloud's command line, KooCLI."""
    data = json_file(path, environment)
    profiles = data.get("profiles")
    name = data.get("current") or "default"
    found = [profile for profile in profiles if isinstance(profile, dict) and profile.get("name") == name] if isinstance(profiles, list) else []
    return found[0] if found else {}


def volcengine_profile(path: Path, environment: Environment) -> Mapping[str, Any]:
    """The current profile of Volcengine's command line."""
    data = json_file(path, environment)
    name = environment.get("VOLCENGINE_PROFILE") or data.get("current") or "default"
    profiles = data.get("profiles")
    profile = profiles.get(name) if isinstance(profiles, dict) else None
    return profile if isinstance(profile, dict) else {}


def unreadable(path: Path, form: str) -> Error:
    """Never quotes the file: the line at fault may hold a secret."""
    return Error(f"{path} is not {form}", code="credentials.file", hint="mend or remove the file", hint_zh="请修复或删除该文件")


#: What shells strip and other readers do not.
QUOTES = "\"'“”‘’"

#: Every spelling in use, the present SDK's first. A token may go by the name of another spelling.
ENVIRONMENT: Mapping[str, Sequence[Names]] = {
    "tencent": (
        Names(
            "TENCENTCLOUD_SECRET_ID",
            "TENCENTCLOUD_SECRET_KEY",
            ("TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SESSION_TOKEN", "TENCENTCLOUD_SECURITY_TOKEN"),
        ),
    ),
    "volcengine": (
        Names("VOLCENGINE_ACCESS_KEY", "VOLCENGINE_SECRET_KEY", ("VOLCENGINE_SESSION_TOKEN", "VOLCENGINE_SESSION_KEY", "VOLC_SESSIONTOKEN")),
        Names("VOLC_ACCESSKEY", "VOLC_SECRETKEY", ("VOLC_SESSIONTOKEN", "VOLC_SESSION_TOKEN", "VOLCENGINE_SESSION_TOKEN")),
        Names("VOLCSTACK_ACCESS_KEY_ID", "VOLCSTACK_SECRET_ACCESS_KEY", ("VOLCSTACK_SESSION_TOKEN",)),
        Names("VOLCSTACK_ACCESS_KEY", "VOLCSTACK_SECRET_KEY", ("VOLCSTACK_SESSION_TOKEN",)),
        Names("BYTEPLUS_ACCESSKEY", "BYTEPLUS_SECRETKEY", ("BYTEPLUS_SESSION_TOKEN",)),
        Names("BYTEPLUS_ACCESS_KEY", "BYTEPLUS_SECRET_KEY", ("BYTEPLUS_SESSION_TOKEN",)),
    ),
    "huawei": (
        Names("HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK", ("HUAWEICLOUD_SDK_SECURITY_TOKEN",)),
        Names("HW_ACCESS_KEY", "HW_SECRET_KEY", ("HW_SECURITY_TOKEN",)),
        Names("HUAWEI_CLOUD_ACCESS_KEY_ID", "HUAWEI_CLOUD_SECRET_ACCESS_KEY", ("HUAWEI_CLOUD_SECURITY_TOKEN",)),
    ),
}

#: The vendors' files: SDK and command line, the latter's current or default profile.
FILES: Mapping[str, Sequence[File]] = {
    "tencent": (
        File(lambda env: "~/.tencentcloud/credentials", ini("default"), Names("secret_id", "secret_key", ("token",))),
        File(lambda env: "/etc/tencentcloud/credentials", ini("default"), Names("secret_id", "secret_key", ("token",))),
        File(lambda env: f"~/.tccli/{env.get('TCCLI_PROFILE') or 'default'}.credential", tencent_login, Names("secretId", "secretKey", ("token",))),
    ),
    "volcengine": (
        File(
            lambda env: env.get("VOLCENGINE_CLI_CONFIG_FILE") or "~/.volcengine/config.json",
            volcengine_profile,
            Names("access-key", "secret-key", ("session-token",)),
        ),
        File(lambda env: "~/.volc/credentials", ini("default"), Names("access_key_id", "secret_access_key", ("session_token",))),
        File(lambda env: "~/.volc/config", json_file, Names("ak", "sk")),
    ),
    "huawei": (
        File(
            lambda env: env.get("HUAWEICLOUD_SDK_CREDENTIALS_FILE") or "~/.huaweicloud/credentials",
            ini("basic"),
            Names("ak", "sk", ("security_token",)),
        ),
        File(lambda env: "~/.hcloud/config.json", huawei_profile, Names("accessKeyId", "secretAccessKey", ("securityToken",))),
    ),
}

#: Where the environment names the place of calls.
PLACE: Mapping[str, Mapping[str, Sequence[str]]] = {
    "huawei": {
        "project_id": ("HUAWEICLOUD_SDK_PROJECT_ID", "HW_PROJECT_ID"),
        "domain_id": ("HUAWEICLOUD_SDK_DOMAIN_ID", "HW_DOMAIN_ID"),
    },
}
