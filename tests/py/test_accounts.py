"""``--accounts FILE --account NAME``: keys of many accounts, and roles that are taken, renewed, and never shown."""

from __future__ import annotations

import json
import socket
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Dict, List

import imgferry
import pytest
from conftest import Cli, Listen, Ran
from imgferry import sim
from test_copy import QUICK
from test_doctor import KEYS, look

ROLES: Dict[str, Dict[str, str]] = {
    "tencent": {"role": "qcs::cam::uin/100000000002:roleName/ferry", "external_id": "word"},
    "volcengine": {"role": "trn:iam::2000000002:role/ferry"},
    "huawei": {"role": "ferry", "domain_name": "other"},
}
COPIES: Dict[str, Dict[str, Any]] = {
    "tencent": {"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "to": ["ap-shanghai"], "name": "golden"},
    "volcengine": {"cloud": "volcengine", "image": "image-4431h3l7hl31a0example", "from": "cn-beijing", "to": ["cn-shanghai"], "name": "golden"},
    "huawei": {
        "cloud": "huawei", "image": "465076de-dc36-4aec-80f5-ef9d8009428f", "from": "cn-north-4", "to": ["cn-south-1"], "name": "golden",
        "params": {"agency_name": "ims_copy_image"},
    },
}  # fmt: skip
IDS = {cloud: id for cloud, id, _ in imgferry._imgferry.example_keys()}


def write(folder: Path, server: sim.Server, accounts: List[Dict[str, Any]], clouds: List[str]) -> None:
    for account in accounts:
        if "role" in account:
            account["endpoint"] = server.url
    (folder / "accounts.json").write_text(json.dumps({"accounts": accounts}))
    plan = {"copies": [COPIES[cloud] for cloud in clouds], "clouds": {cloud: {"endpoint": server.url} for cloud in clouds}}
    (folder / "plan.json").write_text(json.dumps(plan))


def copy(cli: Cli, *arguments: str) -> Ran:
    return cli("copy", "plan.json", "--output", "json", "--accounts", "accounts.json", *QUICK, *arguments, keys=False, env=KEYS)


@pytest.mark.parametrize("cloud", ROLES)
def test_a_role_is_taken_and_works(cli: Cli, tmp_path: Path, cloud: str) -> None:
    with sim.Server({"copy_ms": 300}) as server:
        write(tmp_path, server, [{"name": "plain", "cloud": cloud}, {"name": "prod", "cloud": cloud, **ROLES[cloud]}], [cloud])
        ran = copy(cli, "--account", "prod", "--journal", "j")
        assert ran.code == 0, ran.err
        calls = look(server, "ledger")["calls"]
        first, others = calls[0], calls[1:]
        assert first["key"] == IDS[cloud] and first["action"] in ("AssumeRole", "CreateTemporaryAccessKeyByAgency")
        assert others and {call["key"] == IDS[cloud] for call in others} == {False} and len({call["key"] for call in others}) == 1
        for text in (ran.out, ran.err, (tmp_path / "j").read_text()):
            assert "EXAMPLE-SECRET" not in text and "EXAMPLE-TOKEN" not in text
        plain = cli("images", "list", cloud, COPIES[cloud]["from"], "--accounts", "accounts.json", "--account", "plain", "--endpoint", server.url, keys=False, env=KEYS)
        assert plain.code == 0 and look(server, "ledger")["calls"][-1]["key"] == IDS[cloud]


def test_a_key_that_runs_out_is_taken_anew(cli: Cli, tmp_path: Path) -> None:
    with sim.Server({"copy_ms": 5_000}) as server:
        write(tmp_path, server, [{"name": "prod", "cloud": "tencent", **ROLES["tencent"], "duration": "2s"}], ["tencent"])
        ran = copy(cli, "--account", "prod")
        assert ran.code == 0, ran.err
        calls = look(server, "ledger")["calls"]
        assert [call["action"] for call in calls].count("AssumeRole") >= 2 and len({call["key"] for call in calls}) >= 3
        assert [call["action"] for call in calls if not call["refused"]].count("SyncImages") == 1


def test_one_account_for_each_cloud(cli: Cli, tmp_path: Path) -> None:
    with sim.Server({"copy_ms": 300}) as server:
        accounts = [{"name": f"{cloud}-prod", "cloud": cloud, **role} for cloud, role in ROLES.items()] + [{"name": "second", "cloud": "huawei"}]
        write(tmp_path, server, accounts, list(ROLES))
        chosen = [word for cloud in ROLES for word in ("--account", f"{cloud}-prod")]
        assert copy(cli, *chosen).code == 0
        twice = copy(cli, *chosen, "--account", "second")
        assert twice.code == 5 and "are both of huawei" in twice.err
        assert cli("doctor", "--accounts", "accounts.json", "--account", "huawei-prod", "--endpoint", server.url, keys=False, env=KEYS).code == 0
        told = cli("doctor", "tencent", "huawei", "--accounts", "accounts.json", "--account", "huawei-prod", "--endpoint", server.url, keys=False, env=KEYS)
        assert told.code == 0 and "of the account huawei-prod, by the role ferry" in told.out and "AKIDEXAMPLE (long-lived)" in told.out


def test_keys_of_variables_and_profiles(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / ".tencentcloud").mkdir()
    (tmp_path / ".tencentcloud/credentials").write_text("[work]\nsecret_id = AKIDEXAMPLE\nsecret_key = EXAMPLE-SECRET-TENCENT\n")
    with sim.Server({"copy_ms": 300}) as server:
        write(tmp_path, server, [{"name": "a", "cloud": "tencent", "env": ["MY_ID", "MY_KEY"]}, {"name": "b", "cloud": "tencent", "profile": "work"}], ["tencent"])
        options = ["images", "list", "tencent", "ap-guangzhou", "--endpoint", server.url, "--accounts", "accounts.json", "--account"]
        env = {"MY_ID": "AKIDEXAMPLE", "MY_KEY": "EXAMPLE-SECRET-TENCENT"}
        assert cli(*options, "a", keys=False, env=env).code == 0
        assert cli(*options, "b", keys=False).code == 0
        missing = cli(*options, "a", keys=False)
        assert missing.code == 5 and "neither MY_ID nor MY_KEY is set" in missing.err


@pytest.mark.parametrize("cloud", ROLES)
def test_the_role_of_the_server(cli: Cli, tmp_path: Path, cloud: str) -> None:
    id, secret = IDS[cloud], next(secret for of, _, secret in imgferry._imgferry.example_keys() if of == cloud)
    key = {"id": id, "secret": secret, "token": "EXAMPLE-TOKEN"}
    answers = {
        "tencent": {"TmpSecretId": id, "TmpSecretKey": secret, "Token": "EXAMPLE-TOKEN", "Code": "Success"},
        "volcengine": {"AccessKeyId": id, "SecretAccessKey": secret, "SessionToken": "EXAMPLE-TOKEN"},
        "huawei": {"credential": {"access": id, "secret": secret, "securitytoken": "EXAMPLE-TOKEN"}},
    }
    asked: List[str] = []

    class Metadata(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            body = json.dumps(answers[cloud] if "wrong" not in self.path else {"Code": "Failure", "Message": "EXAMPLE-SECRET"}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            """Nothing is logged."""

    service = HTTPServer(("127.0.0.1", 0), Metadata)
    Thread(target=service.serve_forever, args=(0.05,), daemon=True).start()
    with sim.Server({"credentials": {cloud: key}}) as server:
        place = {"cloud": cloud, "metadata": f"http://127.0.0.1:{service.server_address[1]}"}
        nobody = {"name": "c", "cloud": cloud, "instance": "x", "metadata": "http://127.0.0.1:9"}
        write(tmp_path, server, [{"name": "a", "instance": "ferry", **place}, {"name": "b", "instance": "wrong", **place}, nobody], [cloud])
        options = ["images", "list", cloud, COPIES[cloud]["from"], "--endpoint", server.url, "--accounts", "accounts.json", "--account"]
        # A proxy must not see it.
        ran = cli(*options, "a", keys=False, env={"http_proxy": "http://127.0.0.1:9"})
        assert ran.code == 0, ran.err
        assert ("ferry" in asked[0]) is (cloud != "huawei") and look(server, "ledger")["calls"][-1]["key"] == id
        if cloud != "huawei":
            none = cli(*options, "b", keys=False)
            assert none.code == 5 and "holds no key" in none.err and "EXAMPLE-SECRET" not in none.err
        gone = cli(*options, "c", keys=False)
        assert gone.code == 5 and "the metadata service at http://127.0.0.1:9 gives no key of x" in gone.err
    service.shutdown()
    service.server_close()


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (b"TmpSecretKey EXAMPLE-SECRET\r\n", "speaks no HTTP"),
        (b"", "without response"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nEXAMPLE-SECRET\r\n", "invalid literal"),
        (b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200 + b"\r\n", "more than 100 headers"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"[" * 60_000, "answers no JSON"),
        (b"HTTP/1.1 302 Found\r\nLocation: http://[::1/\r\n\r\n", "HTTP 302"),
    ],
)
def test_a_metadata_service_that_answers_nonsense_is_told(cli: Cli, tmp_path: Path, listen: Listen, said: bytes, why: str) -> None:
    def talk(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(said)

    account = {"name": "a", "cloud": "tencent", "instance": "ferry", "metadata": f"http://{listen(talk)}"}
    (tmp_path / "accounts.json").write_text(json.dumps({"accounts": [account]}), encoding="utf-8")
    ran = cli("images", "list", "tencent", "ap-guangzhou", "--accounts", "accounts.json", "--account", "a", keys=False)
    assert ran.code == 5 and "gives no key of ferry" in ran.err and why in ran.err, ran.err
    assert "Traceback" not in ran.err and "EXAMPLE-SECRET" not in ran.err, ran.err


def test_a_role_that_is_refused_is_told(cli: Cli, tmp_path: Path) -> None:
    with sim.Server({"allow": {"tencent": ["cvm:DescribeImages"]}}) as server:
        write(tmp_path, server, [{"name": "prod", "cloud": "tencent", **ROLES["tencent"]}], ["tencent"])
        ran = copy(cli, "--account", "prod")
    assert ran.code == 5 and "account prod: the role qcs::cam::uin/100000000002:roleName/ferry cannot be taken" in ran.err and "sts:AssumeRole" in ran.err


def test_the_line_that_goes_on_names_the_account(cli: Cli, tmp_path: Path) -> None:
    with sim.Server({"copy_ms": 60_000}) as server:
        write(tmp_path, server, [{"name": "prod", "cloud": "huawei", **ROLES["huawei"]}], ["huawei"])
        ran = copy(cli, "--account", "prod", "--journal", "j", "--deadline", "2s")
        assert ran.code == 6 and "imgferry resume j --accounts accounts.json --account prod" in ran.err


@pytest.mark.parametrize(
    ("account", "why"),
    [
        ({"cloud": "tencent"}, "accounts[0].name: is missing"),
        ({"name": "a", "cloud": "tencnet"}, "accounts[0].cloud: must be tencent"),
        ({"name": "a", "cloud": "tencent", "secret_key": "EXAMPLE-SECRET-IN-FILE"}, "keys themselves do not belong here"),
        ({"name": "a", "cloud": "tencent", "rolle": "x"}, "did you mean role?"),
        ({"name": "a", "cloud": "tencent", "role": "ferry"}, "must be written like qcs::cam::uin/"),
        ({"name": "a", "cloud": "volcengine", "session": "s"}, "would change nothing without a role"),
        ({"name": "a", "cloud": "volcengine", "role": "trn:iam::2000000002:role/x", "external_id": "w"}, "is for tencent alone"),
        ({"name": "a", "cloud": "huawei", "role": "x"}, "whose agency it is"),
        ({"name": "a", "cloud": "huawei", "role": "x", "domain_id": "d", "duration": "an hour"}, "must be written like 3600s"),
        ({"name": "a", "cloud": "huawei", "role": "x", "domain_id": "d", "endpoint": "http://gateway.example.com"}, "plain http"),
        ({"name": "a", "cloud": "huawei", "profile": "x", "env": ["A", "B"]}, "profile and env"),
        ({"name": "a", "cloud": "huawei", "metadata": "http://127.0.0.1"}, "without instance"),
        ({"name": "a", "cloud": "huawei", "instance": "x", "metadata": "ftp://127.0.0.1"}, "must be written like http://169.254"),
        ({"name": "a", "cloud": "huawei", "env": ["A"]}, "two or three variables"),
    ],
)
def test_a_file_that_is_wrong_is_told_by_its_place(cli: Cli, tmp_path: Path, account: Dict[str, Any], why: str) -> None:
    (tmp_path / "accounts.json").write_text(json.dumps({"accounts": [account]}))
    ran = cli("images", "list", "tencent", "ap-guangzhou", "--accounts", "accounts.json", "--account", "a", keys=False)
    assert ran.code == 5 and why in ran.err and "EXAMPLE-SECRET" not in ran.err, ran.err


def test_what_chooses_nothing_is_refused(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "accounts.yaml").write_text("accounts:\n  - {name: prod, cloud: huawei}\n")
    options = ["images", "list", "tencent", "ap-guangzhou"]
    for arguments, why in (
        (("--account", "prod"), "needs --accounts FILE"),
        (("--accounts", "accounts.yaml"), "needs --account NAME"),
        (("--accounts", "accounts.yaml", "--account", "prd"), "did you mean prod?"),
        (("--accounts", "accounts.yaml", "--account", "prod"), "there is nothing for huawei"),
    ):
        ran = cli(*options, *arguments, keys=False)
        assert ran.code == 5 and why in ran.err, ran.err
