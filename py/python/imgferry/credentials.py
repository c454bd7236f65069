"""Finds access keys where the vendors' own tools look for them; what is found is never printed.

The environment comes first, spelling by spelling as listed in ``ENVIRONMENT``; then the vendors' files in the
order of ``FILES``. The first place that names an id or a secret wins, and it must name both. A profile that is asked for
by name is looked for in the files alone.
"""

from __future__ import annotations

import functools
import os
import time
from pathlib import Path
from typing import Any, Callable, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple, TypeVar

from . import log
from ._imgferry import Credentials
from .error import Error

Environment = Mapping[str, str]
T = TypeVar("T")


class Names(NamedTuple):
    """What id, secret and token are called in one place; a token may have several names."""

    id: str
    secret: str
    tokens: Tuple[str, ...] = ()


class Profiles(NamedTuple):
    """What one file or folder holds: each profile is read when it is wanted."""

    all: Mapping[str, Callable[[], Mapping[str, Any]]]
    #: The one in use where nobody names another.
    current: str = "default"


class File(NamedTuple):
    """One of the vendors' files: where it is, how it is read, the names in it, and the variable that names a profile."""

    path: Callable[[Environment], str]
    read: Callable[[Path], Profiles]
    names: Names
    variable: str = ""


def load(cloud: str, environment: Optional[Environment] = None, *, profile: Optional[str] = None) -> Credentials:
    """The access key for a cloud; with ``profile`` that of the profile of this name in one of the vendors' files.

    Raises ``Error`` of kind ``misuse`` that lists where it looked, names the place that holds half a key, or lists the
    profiles there are.
    """
    environment = os.environ if environment is None else environment
    if cloud not in ENVIRONMENT:
        raise Error(f"there is no cloud {cloud!r}", code="cloud", hint=f"use one of {', '.join(ENVIRONMENT)}", hint_zh=f"请使用 {'、'.join(ENVIRONMENT)}")
    for names in () if profile else ENVIRONMENT[cloud]:
        found = take("the environment", names, environment)
        if found:
            log.part("credentials").debug("%s: key of the environment, %s", cloud, names.id)
            return found
    there: List[str] = []
    without: List[str] = []
    for file in FILES[cloud]:
        path = located(file, environment)
        profiles = opened(path, file.read)
        if profiles is None:
            if file.path(environment) != file.path({}):
                raise absent(path)
            continue
        there += [name for name in profiles.all if name not in there]
        wanted = profile or environment.get(file.variable)
        name = wanted or profiles.current
        values = profiles.all.get(name)
        if values:
            place = path / f"{name}{LOGIN}" if file.read is tencent_logins else path
            found = take(str(place), file.names, opened(place, lambda _: values()) or {})
            if found:
                log.part("credentials").debug("%s: key of %s, profile %s", cloud, path, name)
                return found
            without.append(str(path))
        elif wanted and not profile:
            raise unknown(cloud, wanted, [*profiles.all], [], [str(path)])
    if profile:
        raise unknown(cloud, profile, there, without, [file.path(environment) for file in FILES[cloud]])
    variables = ENVIRONMENT[cloud][0][:2]
    files = ", ".join(file.path(environment) for file in FILES[cloud])
    known = ", ".join(sorted(there))
    raise Error(
        f"no access key for {cloud}: not in the environment, nor in {files}",
        code=f"credentials.{cloud}",
        hint=f"set {' and '.join(variables)}" + (f", or name a profile by --profile (profile=… in Python): there are {known}" if there else ""),
        hint_zh=f"请设置环境变量 {' 和 '.join(variables)}" + (f"，或用 --profile（Python 中为 profile=…）指定配置，现有配置：{known}" if there else ""),
    )


def absent(path: Path) -> Error:
    """A file that the environment names, and that is not there. Without it, the key of another account might be taken."""
    return Error(
        f"{path} is not there, but the environment names it",
        code="credentials.file",
        hint="correct its name, or unset the variable",
        hint_zh="请修正文件名，或取消该环境变量",
    )


def located(file: File, environment: Environment) -> Path:
    """Where a file of the vendors would be."""
    # Not by pathlib, which raises where there is no home folder, as in a container of a user that nobody knows.
    return Path(os.path.expanduser(file.path(environment)))


def opened(path: Path, read: Callable[[Path], T]) -> Optional[T]:
    """What a file holds; ``None`` where there is none. One that cannot be read is no such thing: without it, the key of
    another account might be taken."""
    try:
        return read(path) if path.exists() else None
    except OSError as error:
        raise Error(
            f"{path} cannot be read: {error.strerror}",
            code="credentials.file",
            hint="let this user read it, or remove it",
            hint_zh="请让当前用户可以读取该文件，或将其删除",
        ) from None


class Source(NamedTuple):
    """A place where a key of a cloud could be, in the order in which they are looked at."""

    #: The place in words: the variable, or the file with its profile.
    place: str
    #: The key, where there is a good one.
    key: Optional[Credentials]
    #: Why there is none, where there is something.
    error: Optional[Error]


def sources(cloud: str, environment: Optional[Environment] = None, *, profile: Optional[str] = None) -> List[Source]:
    """Every place that holds something of a key for a cloud. ``load`` takes the first, whether it is good or not."""
    environment = os.environ if environment is None else environment
    told: List[Source] = []

    def look(place: str, source: str, names: Names, values: Callable[[], Mapping[str, Any]]) -> None:
        try:
            key = take(source, names, values())
            if key:
                told.append(Source(place, key, None))
        except Error as error:
            told.append(Source(place, None, error))

    for names in () if profile else ENVIRONMENT[cloud]:
        look(names.id, "the environment", names, lambda: environment)
    for file in FILES[cloud]:
        path = located(file, environment)
        try:
            profiles = opened(path, file.read)
        except Error as error:
            told.append(Source(str(path), None, error))
            continue
        if profiles is None:
            continue
        name = profile or environment.get(file.variable) or profiles.current
        values = profiles.all.get(name)
        if values:
            look(f"{path} [{name}]", str(path), file.names, lambda: opened(path, lambda _: values()) or {})
    return told


def unknown(cloud: str, profile: str, there: List[str], without: List[str], files: List[str]) -> Error:
    """A profile that is not there, or holds no access key."""
    import difflib

    if without:
        return Error(
            f"the profile {profile} in {', '.join(without)} holds no access key",
            code="profile",
            hint="log in again, or use a profile with an access key",
            hint_zh="请重新登录，或使用含访问密钥的配置",
        )
    near = difflib.get_close_matches(profile, there, 1, 0.6)
    guess = (f"did you mean {near[0]}? ", f"是否应为 {near[0]}？") if near else ("", "")
    known = ", ".join(sorted(there))
    return Error(
        f"{cloud} has no profile {profile!r} in {', '.join(files)}",
        code="profile",
        hint=f"{guess[0]}there are {known}" if there else "there are no profiles: log in with the vendor's own tool first",
        hint_zh=f"{guess[1]}现有配置：{known}" if there else "没有任何配置：请先用厂商的命令行工具登录",
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
    try:
        return Credentials(str(id), str(secret), token)
    except Error as error:
        part = {"credentials.id": names.id, "credentials.secret": names.secret}.get(error.code, "the token")
        raise Error(f"{source}, {part}: {error.message}", code=error.code, hint=error.hint, hint_zh=error.hint_zh) from None


def ini(current: str) -> Callable[[Path], Profiles]:
    """An INI file: a section is a profile."""

    def read(path: Path) -> Profiles:
        import configparser

        parser = configparser.RawConfigParser()
        try:
            # Not by its own `read`, which takes a file that cannot be opened for one that is not there.
            with open(path, encoding="utf-8-sig") as file:
                parser.read_file(file)
        except (configparser.Error, UnicodeDecodeError):
            raise unreadable(path, "an INI file") from None
        names = parser.sections() or ([parser.default_section] if parser.defaults() else [])
        return Profiles({name: functools.partial(section, parser, name) for name in names}, current)

    def section(parser: Any, name: str) -> Mapping[str, Any]:
        return dict(parser.items(name))

    return read


def json_file(path: Path) -> Mapping[str, Any]:
    """Reads a JSON object."""
    import json

    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError):
        raise unreadable(path, "JSON") from None
    if not isinstance(data, dict):
        raise unreadable(path, "a JSON object")
    return data


def single(path: Path) -> Profiles:
    """A JSON file that holds one key and no profiles."""
    return Profiles({"default": functools.partial(json_file, path)})


#: How the files of tccli's profiles end.
LOGIN = ".credential"


def tencent_logins(folder: Path) -> Profiles:
    """The profiles of Tencent's command line: a file each."""
    return Profiles({file.name[: -len(LOGIN)]: functools.partial(tencent_login, file) for file in sorted(folder.iterdir()) if file.name.endswith(LOGIN)})


def tencent_login(path: Path) -> Mapping[str, Any]:
    """One of them. A key that a login brought, and whose time is over, would only be refused."""
    data = json_file(path)
    expires = data.get("expiresAt")
    if isinstance(expires, (int, float)) and 0 < expires < time.time():
        raise Error(
            f"the key in {path} expired at {time.strftime('%Y-%m-%d %H:%M:%S', time.gmtime(expires))} UTC",
            code="credentials.expired",
            hint="log in again by `tccli auth login`, or give another key",
            hint_zh="请重新执行 `tccli auth login`，或提供其他密钥",
        )
    return data


def huawei_profiles(path: Path) -> Profiles:
    """The profiles of Huawei Cloud's command line, KooCLI: a list."""
    data = json_file(path)
    given = data.get("profiles")
    return listed(data, [(profile.get("name"), profile) for profile in given if isinstance(profile, dict)] if isinstance(given, list) else [])


def volcengine_profiles(path: Path) -> Profiles:
    """The profiles of Volcengine's command line: an object."""
    data = json_file(path)
    given = data.get("profiles")
    return listed(data, list(given.items()) if isinstance(given, dict) else [])


def listed(data: Mapping[str, Any], given: List[Tuple[Any, Any]]) -> Profiles:
    # The first of a name counts.
    profiles: Dict[str, Callable[[], Mapping[str, Any]]] = {
        name: functools.partial(dict, profile) for name, profile in reversed(given) if isinstance(name, str) and isinstance(profile, dict)
    }
    current = data.get("current")
    return Profiles(profiles, current if isinstance(current, str) and current else "default")


def unreadable(path: Path, form: str) -> Error:
    """Never quotes the file: the line at fault may hold a secret."""
    return Error(f"{path} is not {form}", code="credentials.file", hint="mend or remove the file", hint_zh="请修复或删除该文件")


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

#: The vendors' files: SDK and command line, with their profiles.
FILES: Mapping[str, Sequence[File]] = {
    "tencent": (
        File(lambda env: "~/.tencentcloud/credentials", ini("default"), Names("secret_id", "secret_key", ("token",))),
        File(lambda env: "/etc/tencentcloud/credentials", ini("default"), Names("secret_id", "secret_key", ("token",))),
        File(lambda env: "~/.tccli", tencent_logins, Names("secretId", "secretKey", ("token",)), "TCCLI_PROFILE"),
    ),
    "volcengine": (
        File(
            lambda env: env.get("VOLCENGINE_CLI_CONFIG_FILE") or "~/.volcengine/config.json",
            volcengine_profiles,
            Names("access-key", "secret-key", ("session-token",)),
            "VOLCENGINE_PROFILE",
        ),
        File(lambda env: "~/.volc/credentials", ini("default"), Names("access_key_id", "secret_access_key", ("session_token",))),
        File(lambda env: "~/.volc/config", single, Names("ak", "sk")),
    ),
    "huawei": (
        File(
            lambda env: env.get("HUAWEICLOUD_SDK_CREDENTIALS_FILE") or "~/.huaweicloud/credentials",
            ini("basic"),
            Names("ak", "sk", ("security_token",)),
        ),
        File(lambda env: "~/.hcloud/config.json", huawei_profiles, Names("accessKeyId", "secretAccessKey", ("securityToken",))),
    ),
}

#: Where the environment names the place of calls.
PLACE: Mapping[str, Mapping[str, Sequence[str]]] = {
    "huawei": {
        "project_id": ("HUAWEICLOUD_SDK_PROJECT_ID", "HW_PROJECT_ID"),
        "domain_id": ("HUAWEICLOUD_SDK_DOMAIN_ID", "HW_DOMAIN_ID"),
    },
}
