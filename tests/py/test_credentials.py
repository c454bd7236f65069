"""Keys are found under every spelling, in the documented order, and are never shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Dict

import imgferry
import pytest
from conftest import Cli
from imgferry import credentials

NAMES = [(cloud, names) for cloud, spellings in credentials.ENVIRONMENT.items() for names in spellings]


@pytest.fixture(autouse=True)
def empty_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(("cloud", "names"), NAMES, ids=[names.id for _, names in NAMES])
def test_every_spelling_of_the_environment(cloud: str, names: credentials.Names) -> None:
    found = credentials.load(cloud, {names.id: "KEYEXAMPLE", names.secret: "EXAMPLE-SECRET"})
    assert found.id == "KEYEXAMPLE" and "token: None" in repr(found)
    for token in names.tokens:
        found = credentials.load(cloud, {names.id: "KEYEXAMPLE", names.secret: "EXAMPLE-SECRET", token: "EXAMPLE-TOKEN"})
        assert "token: Some" in repr(found) and "EXAMPLE-TOKEN" not in repr(found)


FILES: Dict[str, Dict[str, str]] = {
    "tencent": {
        ".tencentcloud/credentials": "[default]\nsecret_id = KEYEXAMPLE\nsecret_key = EXAMPLE-SECRET\n",
        ".tccli/default.credential": json.dumps({"secretId": "KEYEXAMPLE", "secretKey": "EXAMPLE-SECRET"}),
    },
    "volcengine": {
        ".volcengine/config.json": json.dumps(
            {"current": "work", "profiles": {"work": {"mode": "ak", "access-key": "KEYEXAMPLE", "secret-key": "EXAMPLE-SECRET"}}}
        ),
        ".volc/credentials": "[default]\naccess_key_id = KEYEXAMPLE\nsecret_access_key = EXAMPLE-SECRET\n",
        ".volc/config": json.dumps({"ak": "KEYEXAMPLE", "sk": "EXAMPLE-SECRET"}),
    },
    "huawei": {
        ".huaweicloud/credentials": "[basic]\nak = KEYEXAMPLE\nsk = EXAMPLE-SECRET\n",
        ".hcloud/config.json": json.dumps(
            {
                "current": "work",
                "profiles": [
                    {"name": "default", "accessKeyId": "OTHEREXAMPLE", "secretAccessKey": "EXAMPLE-OTHER"},
                    {"name": "work", "accessKeyId": "KEYEXAMPLE", "secretAccessKey": "EXAMPLE-SECRET", "securityToken": ""},
                ],
            }
        ),
    },
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize(("cloud", "path"), [(cloud, path) for cloud, paths in FILES.items() for path in paths])
def test_every_file(cloud: str, path: str, encoding: str, empty_home: Path) -> None:
    file = empty_home / path
    file.parent.mkdir(parents=True)
    file.write_text(FILES[cloud][path], encoding=encoding)
    assert credentials.load(cloud, {}).id == "KEYEXAMPLE"


#: Where the vendors' tools keep a profile `work` beside the default one, and what a login without a key looks like.
PROFILES: Dict[str, Dict[str, str]] = {
    "tencent": {
        ".tccli/default.credential": json.dumps({"secretId": "OTHEREXAMPLE", "secretKey": "EXAMPLE-OTHER"}),
        ".tccli/work.credential": json.dumps({"secretId": "KEYEXAMPLE", "secretKey": "EXAMPLE-SECRET"}),
        ".tccli/login.credential": json.dumps({"type": "oauth"}),
    },
    "volcengine": {
        ".volcengine/config.json": json.dumps(
            {
                "current": "default",
                "profiles": {
                    "default": {"access-key": "OTHEREXAMPLE", "secret-key": "EXAMPLE-OTHER"},
                    "work": {"access-key": "KEYEXAMPLE", "secret-key": "EXAMPLE-SECRET"},
                    "login": {"mode": "sso"},
                },
            }
        )
    },
    "huawei": {
        ".hcloud/config.json": json.dumps(
            {
                "current": "default",
                "profiles": [
                    {"name": "default", "accessKeyId": "OTHEREXAMPLE", "secretAccessKey": "EXAMPLE-OTHER"},
                    {"name": "work", "accessKeyId": "KEYEXAMPLE", "secretAccessKey": "EXAMPLE-SECRET"},
                    {"name": "login"},
                ],
            }
        )
    },
}


def lay(home: Path, files: Dict[str, str]) -> None:
    for path, text in files.items():
        (home / path).parent.mkdir(parents=True, exist_ok=True)
        (home / path).write_text(text, encoding="utf-8")


@pytest.mark.parametrize("cloud", PROFILES)
def test_a_profile_by_its_name(cloud: str, empty_home: Path) -> None:
    lay(empty_home, PROFILES[cloud])
    names = credentials.ENVIRONMENT[cloud][0]
    environment = {names.id: "FROMENVIRONMENT", names.secret: "EXAMPLE"}
    assert credentials.load(cloud, {}).id == "OTHEREXAMPLE"
    # It was asked for, so the environment does not matter.
    assert credentials.load(cloud, environment, profile="work").id == "KEYEXAMPLE"
    with pytest.raises(imgferry.Error) as caught:
        credentials.load(cloud, environment, profile="wrok")
    told = f"{caught.value} {caught.value.hint}"
    assert all(word in told for word in ("wrok", "did you mean work?", "default, login, work")) and "EXAMPLE-" not in told
    with pytest.raises(imgferry.Error, match="login.*holds no access key"):
        credentials.load(cloud, environment, profile="login")


def test_profiles_on_the_command_line(cli: Cli) -> None:
    for files in PROFILES.values():
        lay(cli.home, files)
    asked = ["request", "tencent", "DescribeRegions", "--region", "ap-guangzhou"]
    assert "KEYEXAMPLE" in cli(*asked, "--profile", "work", "--show-secrets").out
    assert "KEYEXAMPLE" in cli(*asked, "--profile", "nobody", "--profile", "tencent=work", "--show-secrets").out
    assert "AKIDEXAMPLE" in cli(*asked, "--show-secrets").out
    one = ["--cloud", "tencent", "--image", "img-o3ycss2p", "--from", "ap-guangzhou", "--to", "ap-shanghai", "--name", "golden"]
    for command in ("copy", "plan"):
        ran = cli(command, *one, "--profile", "wrok")
        assert ran.code == 5 and "did you mean work?" in ran.err, ran
        ran = cli(command, *one, "--profile", "huawei=work")
        assert ran.code == 5 and "nothing for huawei" in ran.err, ran


def test_what_goes_on_takes_the_same_profile(cli: Cli) -> None:
    # Nobody answers there, and time is soon over: it is to be resumed with the same keys.
    lay(cli.home, PROFILES["tencent"])
    one = ["--cloud", "tencent", "--image", "img-o3ycss2p", "--from", "ap-guangzhou", "--to", "ap-shanghai", "--name", "golden"]
    ran = cli("copy", *one, "--profile", "work", "--journal", "j", "--endpoint", "http://127.0.0.1:1", "--deadline", "300ms", "--backoff", "100ms")
    assert "imgferry resume j --profile work" in ran.err, ran
    ran = cli("resume", "j", "--profile", "wrok")
    assert ran.code == 5 and "did you mean work?" in ran.err, ran


def test_the_environment_comes_before_files(empty_home: Path) -> None:
    test_every_file("huawei", ".huaweicloud/credentials", "utf-8", empty_home)
    assert credentials.load("huawei", {"HW_ACCESS_KEY": "FROMENVIRONMENT", "HW_SECRET_KEY": "EXAMPLE"}).id == "FROMENVIRONMENT"


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({}, ("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY")),
        ({"TENCENTCLOUD_SECRET_ID": "AKIDEXAMPLE"}, ("TENCENTCLOUD_SECRET_KEY",)),
        ({"TENCENTCLOUD_SECRET_KEY": "EXAMPLE-SECRET"}, ("TENCENTCLOUD_SECRET_ID",)),
        ({"TENCENTCLOUD_SECRET_ID": "AKIDEXAMPLE ", "TENCENTCLOUD_SECRET_KEY": "EXAMPLE-SECRET"}, ("TENCENTCLOUD_SECRET_ID", "white space")),
        ({"TENCENTCLOUD_SECRET_ID": "AKIDEXAMPLE", "TENCENTCLOUD_SECRET_KEY": "EXAMPLE-SECRET\n"}, ("TENCENTCLOUD_SECRET_KEY", "white space")),
        ({"TENCENTCLOUD_SECRET_ID": "SAMEEXAMPLE", "TENCENTCLOUD_SECRET_KEY": "SAMEEXAMPLE"}, ("TENCENTCLOUD_SECRET_KEY", "same text")),
    ],
)
def test_half_a_key_or_a_dirty_one_is_named(environment: Dict[str, str], words: tuple[str, ...]) -> None:
    with pytest.raises(imgferry.Error) as caught:
        credentials.load("tencent", environment)
    told = str(caught.value)
    assert all(word in told for word in words), told
    assert "EXAMPLE-SECRET" not in told and caught.value.hint_zh


@pytest.mark.parametrize("quotes", ['""', "''", "“”"])
@pytest.mark.parametrize("part", ["TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY", "TENCENTCLOUD_TOKEN"])
def test_quotes_are_not_part_of_a_key(part: str, quotes: str) -> None:
    given = {"TENCENTCLOUD_SECRET_ID": "AKIDEXAMPLE", "TENCENTCLOUD_SECRET_KEY": "EXAMPLE-SECRET", "TENCENTCLOUD_TOKEN": "EXAMPLE-TOKEN"}
    given[part] = quotes[0] + given[part] + quotes[1]
    with pytest.raises(imgferry.Error, match="quotes") as caught:
        credentials.load("tencent", given)
    assert "EXAMPLE-SECRET" not in str(caught.value) and "EXAMPLE-TOKEN" not in str(caught.value)


def test_a_login_that_is_over_is_not_used(empty_home: Path) -> None:
    file = empty_home / ".tccli" / "default.credential"
    file.parent.mkdir()
    login = {"type": "oauth", "secretId": "KEYEXAMPLE", "secretKey": "EXAMPLE-SECRET", "token": "EXAMPLE-TOKEN"}
    file.write_text(json.dumps({**login, "expiresAt": 1_700_000_000}))
    with pytest.raises(imgferry.Error, match="expired at 2023-11-14 22:13:20 UTC"):
        credentials.load("tencent", {})
    file.write_text(json.dumps({**login, "expiresAt": 4_000_000_000}))
    assert credentials.load("tencent", {}).id == "KEYEXAMPLE"


def test_a_broken_file_is_named_and_not_quoted(empty_home: Path) -> None:
    file = empty_home / ".huaweicloud" / "credentials"
    file.parent.mkdir()
    for text in ("ak = EXAMPLE-SECRET\n", "[basic\nsk=EXAMPLE-SECRET", "\ufeff[basic]\nEXAMPLE-SECRET"):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(imgferry.Error) as caught:
            credentials.load("huawei", {})
        assert str(file) in str(caught.value) and "EXAMPLE-SECRET" not in f"{caught.value} {caught.value.as_dict()}"


def test_the_place_of_huawei_calls_comes_from_the_environment() -> None:
    assert credentials.place("huawei", {"HW_PROJECT_ID": "p", "HUAWEICLOUD_SDK_DOMAIN_ID": "d"}) == {"project_id": "p", "domain_id": "d"}
    assert credentials.place("tencent", {"HW_PROJECT_ID": "p"}) == {}


def test_an_unknown_cloud_is_named() -> None:
    with pytest.raises(imgferry.Error, match="no cloud 'aws'"):
        credentials.load("aws", {})


@pytest.mark.parametrize(("cloud", "path"), [(cloud, path) for cloud, paths in FILES.items() for path in paths])
def test_a_file_that_cannot_be_read_gives_way_to_no_other(cloud: str, path: str, empty_home: Path) -> None:
    """Else a copy would go out by the key of another account."""
    for other in FILES[cloud]:
        (empty_home / other).parent.mkdir(parents=True, exist_ok=True)
        (empty_home / other).write_text(FILES[cloud][other], encoding="utf-8")
    (empty_home / path).unlink()
    # Whoever runs the tests may read everything, so a folder stands in for a file of somebody else's.
    (empty_home / path).mkdir()
    for before in FILES[cloud]:
        if before == path:
            break
        (empty_home / before).unlink()
    with pytest.raises(imgferry.Error, match="cannot be read: Is a directory") as caught:
        credentials.load(cloud, {})
    assert str(empty_home / path) in caught.value.message and "let this user read it" in caught.value.hint
    assert any(source.error and "cannot be read" in source.error.message for source in credentials.sources(cloud, {}))


def test_a_folder_of_logins_that_cannot_be_listed_is_told(empty_home: Path) -> None:
    (empty_home / ".tccli").write_text("no folder", encoding="utf-8")
    with pytest.raises(imgferry.Error, match="cannot be read: Not a directory"):
        credentials.load("tencent", {})


def test_what_the_environment_names_and_is_not_there_gives_way_to_no_other(empty_home: Path) -> None:
    for cloud in ("volcengine", "huawei"):
        for path, text in FILES[cloud].items():
            (empty_home / path).parent.mkdir(parents=True, exist_ok=True)
            (empty_home / path).write_text(text, encoding="utf-8")
    for cloud, variable in (("volcengine", "VOLCENGINE_CLI_CONFIG_FILE"), ("huawei", "HUAWEICLOUD_SDK_CREDENTIALS_FILE")):
        with pytest.raises(imgferry.Error, match="/nowhere/keys is not there, but the environment names it"):
            credentials.load(cloud, {variable: "/nowhere/keys"})
    with pytest.raises(imgferry.Error, match="no profile 'wrok'") as caught:
        credentials.load("volcengine", {"VOLCENGINE_PROFILE": "wrok"})
    assert "did you mean work?" in caught.value.hint


def test_profiles_that_nobody_asked_for_are_named(empty_home: Path) -> None:
    (empty_home / ".tencentcloud").mkdir()
    file = empty_home / ".tencentcloud" / "credentials"
    for section in ("work", "DEFAULT"):
        file.write_text(f"[{section}]\nsecret_id = KEYEXAMPLE\nsecret_key = EXAMPLE-SECRET\n", encoding="utf-8")
        with pytest.raises(imgferry.Error) as caught:
            credentials.load("tencent", {})
        assert f"--profile (profile=… in Python): there are {section}" in caught.value.hint and section in caught.value.hint_zh
        assert credentials.load("tencent", {}, profile=section).id == "KEYEXAMPLE"


def test_without_a_home_folder_keys_and_journals_are_where_they_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container whose user nobody knows, with no HOME."""
    from imgferry import runs

    monkeypatch.setattr("os.path.expanduser", lambda path: path)
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(imgferry.Error, match="no access key for tencent"):
        credentials.load("tencent", {})
    assert credentials.load("tencent", {"TENCENTCLOUD_SECRET_ID": "KEYEXAMPLE", "TENCENTCLOUD_SECRET_KEY": "EXAMPLE-SECRET"}).id == "KEYEXAMPLE"
    assert runs.all_runs() == [] and credentials.sources("tencent", {}) == []
    plan = imgferry.Plan({"copies": [{"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "to": ["ap-shanghai"], "name": "golden"}]})
    with pytest.raises(imgferry.Error, match="this user has no home folder") as caught:
        runs.begin(plan, seed=1)
    assert "--journal FILE" in caught.value.hint and not list(tmp_path.iterdir())
