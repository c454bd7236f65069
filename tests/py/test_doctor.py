"""``imgferry doctor`` says what is wrong, of which part, and what to do; on real HTTP against the simulated clouds."""

from __future__ import annotations

import json
import shutil
import ssl
import subprocess
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional

import imgferry
import pytest
from conftest import Cli, Ran
from imgferry import credentials, sim

#: Where the command line looks for the keys that the simulated clouds know.
KEYS = {
    name: value
    for cloud, id, secret in imgferry._imgferry.example_keys()
    for name, value in zip(credentials.ENVIRONMENT[cloud][0][:2], (id, secret))
}


@pytest.fixture
def server() -> Iterator[sim.Server]:
    with sim.Server() as server:
        yield server


def told(ran: Ran) -> Dict[str, List[Dict[str, str]]]:
    """The findings of the first cloud by what was looked at."""
    found: Dict[str, List[Dict[str, str]]] = {}
    for finding in json.loads(ran.out):
        found.setdefault(finding["check"], []).append(finding)
    return found


def doctor(cli: Cli, endpoint: str, *arguments: str, env: Optional[Dict[str, str]] = None) -> Ran:
    return cli("doctor", "--endpoint", endpoint, "--output", "json", *arguments, keys=False, env=KEYS if env is None else env)


def test_every_cloud_that_has_a_key_is_well(cli: Cli, server: sim.Server) -> None:
    ran = cli("doctor", "--endpoint", server.url, keys=False, env=KEYS)
    assert (ran.code, ran.err) == (0, "")
    assert all(line.startswith("ok") for line in ran.out.splitlines())
    for cloud in ("tencent", "volcengine", "huawei"):
        checks = [line.split()[2] for line in ran.out.splitlines() if line.split()[1] == cloud]
        assert checks == ["key", "proxy", "tls", "host", "clock", "read", "identity"], cloud
    assert "account 100000000001" in ran.out and "trn:iam::2000000001:root" in ran.out
    assert not any(secret in ran.out for _, _, secret in imgferry._imgferry.example_keys())
    zh = cli("doctor", "tencent", "--endpoint", server.url, "--lang", "zh", keys=False, env=KEYS)
    assert "正常" in zh.out and "账号 100000000001" in zh.out


def test_only_the_cloud_that_is_named_is_sent_to(cli: Cli, server: sim.Server) -> None:
    assert doctor(cli, server.url, "volcengine").code == 0
    ledger = look(server, "ledger")
    assert {call["cloud"] for call in ledger["calls"]} == {"volcengine"}
    assert [call["action"] for call in ledger["calls"]] == ["DescribeRegions", "GetCallerIdentity"]


def look(server: sim.Server, view: str) -> Any:
    from urllib.request import urlopen

    with urlopen(f"{server.url}/_sim/{view}") as answer:
        return json.load(answer)


def test_which_key_won_and_which_lost(cli: Cli, server: sim.Server, tmp_path: Path) -> None:
    (tmp_path / ".tencentcloud").mkdir()
    (tmp_path / ".tencentcloud/credentials").write_text("[default]\nsecret_id = AKIDOTHER\nsecret_key = EXAMPLE-SECRET-OTHER\n")
    won, lost = told(doctor(cli, server.url, "tencent"))["key"]
    assert won["status"] == "ok" and won["message"] == "AKIDEXAMPLE (long-lived) from TENCENTCLOUD_SECRET_ID"
    assert lost["status"] == "warning" and ".tencentcloud/credentials [default] is not used" in lost["message"] and "AKIDOTHER" in lost["message"]
    assert "EXAMPLE-SECRET" not in json.dumps([won, lost])
    # Asked for by name, the file comes first, and its key is not known there.
    ran = doctor(cli, server.url, "tencent", "--profile", "default")
    found = told(ran)
    assert ran.code == 5 and "AKIDOTHER" in found["key"][0]["message"] and len(found["key"]) == 1
    assert found["read"][0]["status"] == "fault" and "SecretIdNotFound" in found["read"][0]["message"] and found["read"][0]["next"]
    assert "identity" not in found


@pytest.mark.parametrize(
    ("value", "why"), [("EXAMPLE-SECRET ", "white space"), ("'EXAMPLE-SECRET'", "quotes"), ("", "missing")], ids=["white space", "quotes", "half"]
)
def test_a_key_that_was_pasted_badly(cli: Cli, server: sim.Server, value: str, why: str) -> None:
    env = {"TENCENTCLOUD_SECRET_ID": "AKIDEXAMPLE", "TENCENTCLOUD_SECRET_KEY": value}
    ran = doctor(cli, server.url, "tencent", env={name: text for name, text in env.items() if text})
    found = told(ran)
    assert ran.code == 5 and found["key"][0]["status"] == "fault" and why in found["key"][0]["message"] and found["key"][0]["next"]
    assert "EXAMPLE-SECRET" not in ran.out and "host" not in found
    assert look(server, "ledger")["calls"] == []


def test_a_profile_names_the_clouds_that_have_it(cli: Cli, server: sim.Server, tmp_path: Path) -> None:
    (tmp_path / ".huaweicloud").mkdir()
    (tmp_path / ".huaweicloud/credentials").write_text("[work]\nak = HWAKEXAMPLE\nsk = EXAMPLE-SECRET-HUAWEI\n")
    ran = doctor(cli, server.url, "--profile", "work")
    assert ran.code == 0, ran.out
    assert {finding["cloud"] for finding in json.loads(ran.out)} == {"huawei"}
    none = doctor(cli, server.url, "--profile", "play")
    assert none.code == 5 and "did you mean work" not in none.err and json.loads(none.out)[0]["status"] == "fault"
    # One cloud's profile leaves the others as they are.
    both = doctor(cli, server.url, "tencent", "huawei", "--profile", "huawei=work")
    assert both.code == 0 and {finding["cloud"] for finding in json.loads(both.out)} == {"tencent", "huawei"}


def test_without_a_key(cli: Cli, server: sim.Server) -> None:
    ran = cli("doctor", "--endpoint", server.url, keys=False)
    assert ran.code == 5 and "no key of any cloud" in ran.err
    named = doctor(cli, server.url, "huawei", env={})
    assert named.code == 5 and "no access key for huawei" in told(named)["key"][0]["message"]
    assert cli("doctor", "tencnet", keys=False).code == 5 and "did you mean tencent" in cli("doctor", "tencnet", keys=False).err


@pytest.mark.parametrize(("skew_ms", "code"), [(90_000, 0), (-400_000, 5)])
def test_a_clock_that_is_off(cli: Cli, skew_ms: int, code: int) -> None:
    with sim.Server({"clock_skew_ms": skew_ms}) as server:
        ran = doctor(cli, server.url, "tencent")
    (clock,) = told(ran)["clock"]
    assert ran.code == code and clock["status"] == "warning" and "ntp" in clock["next"]
    assert ("behind" if skew_ms > 0 else "ahead of") in clock["message"] and abs(int(clock["message"].split()[3]) - abs(skew_ms) // 1000) <= 2


def test_a_right_that_is_missing(cli: Cli) -> None:
    with sim.Server({"allow": {"tencent": ["cvm:DescribeRegions"], "volcengine": []}}) as server:
        ran, other = doctor(cli, server.url, "tencent"), doctor(cli, server.url, "volcengine")
    found = told(ran)
    # Who asks need not be known to copy images.
    assert ran.code == 0 and found["identity"][0]["status"] == "warning" and "(sts:GetCallerIdentity)" in found["identity"][0]["message"]
    assert other.code == 5 and "ecs:DescribeRegions" in told(other)["read"][0]["message"]


def test_a_host_that_is_not_there(cli: Cli) -> None:
    ran = doctor(cli, "http://127.0.0.1:9", "tencent")
    found = told(ran)
    assert ran.code == 5 and found["host"][0]["status"] == "fault" and "127.0.0.1:9" in found["host"][0]["message"]
    assert "proxy" in found["host"][0]["next"] and "read" not in found


def test_a_proxy_is_told_without_its_password(cli: Cli) -> None:
    env = {**KEYS, "https_proxy": "http://user:PASSWORD@127.0.0.1:9"}
    ran = doctor(cli, "https://vendor.invalid", "tencent", "--sign-host", "endpoint", env=env)
    found = told(ran)
    assert ran.code == 5 and "through http://127.0.0.1:9 (https_proxy)" in found["proxy"][0]["message"]
    assert "PASSWORD" not in ran.out and found["host"][0]["status"] == "fault"


def test_a_certificate_that_nobody_trusts(cli: Cli, tmp_path: Path) -> None:
    if not shutil.which("openssl"):
        pytest.skip("there is no openssl to make a certificate with")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", str(key), "-out", str(certificate), "-days", "2"]
    subprocess.run([*make, "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with sim.Server() as server:
        server._http.socket = context.wrap_socket(server._http.socket, server_side=True)
        url = server.url.replace("http:", "https:")
        ran = doctor(cli, url, "tencent")
        trusted = doctor(cli, url, "tencent", env={**KEYS, "SSL_CERT_FILE": str(certificate)})
    found = told(ran)
    assert ran.code == 5 and found["tls"][-1]["status"] == "fault" and "not trusted" in found["tls"][-1]["message"]
    assert "SSL_CERT_FILE" in found["tls"][-1]["next"]
    assert trusted.code == 0 and f"SSL_CERT_FILE={certificate}" in told(trusted)["tls"][0]["message"]


def test_a_plan_lends_its_endpoints(cli: Cli, server: sim.Server, tmp_path: Path) -> None:
    copies = [{"cloud": "huawei", "image": "465076de-dc36-4aec-80f5-ef9d8009428f", "from": "cn-north-4", "to": ["cn-south-1"], "name": "golden"}]
    (tmp_path / "plan.json").write_text(json.dumps({"copies": copies, "clouds": {"huawei": {"endpoint": server.url}}}))
    ran = cli("doctor", "--plan", "plan.json", "--output", "json", keys=False, env=KEYS)
    assert ran.code == 0, ran.out
    assert {finding["cloud"] for finding in json.loads(ran.out)} == {"huawei"}
