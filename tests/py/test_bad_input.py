"""Every wrong input gives one clear error that names the field and the fix, exit code 5, and no traceback."""

from __future__ import annotations

import json
from typing import Any, Callable, Dict, List

import imgferry
import pytest
from conftest import Cli

SECRET = "EXAMPLE-SECRET-TYPED"
SYNC = ["request", "tencent", "SyncImages", "--region", "ap-guangzhou"]
GOOD = [*SYNC, "--param", "ImageIds=img-12345678", "--param", "DestinationRegions=ap-shanghai"]
SELF = ["copy", "--cloud", "tencent", "--image", "img-12345678", "--from", "ap-guangzhou", "--to", "ap-guangzhou", "--name", "n"]

#: Arguments, and the words that the error must hold.
WRONG: List[tuple[List[str], List[str]]] = [
    ([], ["COMMAND"]),
    (["fly"], ["COMMAND", "fly"]),
    (["regions"], ["CLOUD"]),
    (["regions", "aws"], ["cloud", "aws", "tencent"]),
    (["regions", "tencent", "--output", "xml"], ["--output", "xml"]),
    (["explain", "x", "--cloud", "aws"], ["cloud", "aws"]),
    (["explain", "x", "--status", "abc"], ["--status", "abc"]),
    (["request", "aws", "X", "--region", "r"], ["cloud", "aws"]),
    (["request", "tencent", "CopyImage", "--region", "r"], ["operation", "CopyImage", "SyncImages"]),
    (["request", "tencent", "SyncImages"], ["--region"]),
    ([*SYNC], ["ImageIds", "DestinationRegions"]),
    ([*SYNC, "--param", "ImageIds"], ["--param", "ImageIds", "NAME=VALUE"]),
    ([*SYNC, "--param", "=x"], ["--param", "NAME=VALUE"]),
    ([*GOOD, "--param", "Imagename=x"], ["Imagename", "ImageName"]),
    ([*GOOD, "--param", "DryRun=maybe"], ["DryRun", "true or false"]),
    ([*GOOD, "--param", "ImageName=a", "--param", "ImageName=b"], ["ImageName", "twice"]),
    ([*GOOD, "--param", "ImageName=a\nb"], ["ImageName", "U+000A"]),
    ([*GOOD, "--param", "ImageIds=[1"], ["ImageIds", "JSON"]),
    ([*GOOD, "--param", "ImageIds=img-87654321"], ["ImageIds"]),
    (["request", "tencent", "DescribeImages", "--region", "ap-guangzhou", "--param", "Limit=ten"], ["Limit", "whole number"]),
    (["request", "tencent", "DescribeImages", "--region", "ap-guangzhou", "--param", "Limit=99999999999999999999"], ["Limit"]),
    ([*GOOD, "--region", "ap-guang\r\nzhou"], ["region"]),
    ([*GOOD, "--at", "soon"], ["--at", "soon"]),
    ([*GOOD, "--at", str(2**70)], ["--at", "64 bits"]),
    ([*SELF, "--seed", str(2**63)], ["--seed", "64 bits"]),
    ([*SELF, "--seed", "x"], ["--seed", "no whole number"]),
    (["sim", "--seed", "9" * 5_000], ["--seed"]),
    ([*GOOD, "--endpoint", "127.0.0.1:8080"], ["--endpoint", "scheme"]),
    ([*GOOD, "--endpoint", "http://gateway.example.com"], ["--endpoint", "http", "--allow-http gateway.example.com"]),
    ([*GOOD, "--endpoint", "http://127.0.0.1.example.com"], ["--endpoint", "http"]),
    ([*GOOD, "--endpoint", "https://"], ["--endpoint", "host"]),
    ([*GOOD, "--endpoint", "aws=https://h"], ["--endpoint", "aws"]),
    ([*GOOD, "--endpoint", "https://user:word@h"], ["endpoint", "user or password"]),
    ([*GOOD, "--endpoint", "https://[::1"], ["--endpoint"]),
    ([*GOOD, "--sign-host", "other"], ["--sign-host"]),
    ([*GOOD, "--site", "moon"], ["--site"]),
    ([*GOOD, "--format", "xml"], ["--format"]),
    (["watch", "nowhere"], ["there is no run 'nowhere'", "imgferry list"]),
    (["cpoy"], ["did you mean copy?"]),
    (["regions", "tencnet"], ["did you mean tencent?"]),
    (["regions", "tencent", "--ouput", "json"], ["did you mean --output?"]),
    (["check", "--clod", "tencent"], ["did you mean --cloud?"]),
    (["request", "tencent", "SyncImage", "--region", "r"], ["did you mean SyncImages?"]),
    ([*GOOD, "--param", "ImageNam=x"], ["did you mean ImageName?"]),
    ([*SELF, "--poll", "15"], ["policy.poll", '"500ms"']),
    ([*SELF, "--poll", "6:00"], ["policy.poll", '"500ms"']),
    (SELF, ["source region"]),
    (["sign"], ["-"]),
    (["sign", "file.json"], ["file.json"]),
]


@pytest.mark.parametrize(("arguments", "words"), WRONG, ids=[" ".join(arguments)[-60:] or "nothing" for arguments, _ in WRONG])
def test_wrong_arguments(cli: Cli, arguments: List[str], words: List[str]) -> None:
    ran = cli(*arguments)
    assert (ran.code, ran.out) == (5, ""), ran
    assert all(word in ran.err for word in words), ran.err
    assert ran.err.startswith("error: ") and "fix: " in ran.err and "Traceback" not in ran.err


def test_errors_are_json_when_asked_even_before_the_arguments_are_known_to_be_right(cli: Cli) -> None:
    for arguments in (["fly", "--output", "json"], ["regions", "aws", "--output=jsonl"], [*SYNC, "--output", "json"]):
        ran = cli(*arguments)
        error = json.loads(ran.err)["error"]
        assert (ran.code, error["kind"]) == (5, "misuse") and error["message"] and error["hint"] and error["hint_zh"]


def test_errors_are_chinese_when_asked_or_when_the_locale_is(cli: Cli) -> None:
    for ran in (cli("regions", "aws", "--lang", "zh"), cli("regions", "aws", env={"LC_ALL": "zh_CN.UTF-8"})):
        assert ran.code == 5 and ran.err == '错误：用法错误：“there is no cloud "aws"”\n  处理：请使用 tencent、volcengine 或 huawei\n'


def test_what_is_told_once_is_not_told_again(cli: Cli) -> None:
    ran = cli(*SELF[:-1], "a\tb", "--lang", "zh")
    assert ran.code == 5 and ran.err.count("U+0009") == 1 and ran.err.endswith("  处理：请修正参数，未发送任何请求\n"), ran.err


def test_a_port_that_is_taken_is_named(cli: Cli) -> None:
    with imgferry.sim.Server() as server:
        port = server.url.rpartition(":")[2]
        ran = cli("sim", "--port", port)
    assert ran.code == 5 and ran.err.startswith(f"error: --port {port}: ") and "give another" in ran.err, ran.err


def test_missing_keys_are_named(cli: Cli) -> None:
    told = cli(*GOOD, "--lang", "zh", keys=False).err
    assert "处理：请设置环境变量 TENCENTCLOUD_SECRET_ID 和 TENCENTCLOUD_SECRET_KEY\n" in told, told
    ran = cli(*GOOD, keys=False)
    assert ran.code == 5 and "TENCENTCLOUD_SECRET_ID" in ran.err


LINE: Dict[str, Any] = {
    "cloud": "tencent",
    "method": "POST",
    "url": "https://cvm.tencentcloudapi.com/",
    "headers": {"Content-Type": "application/json"},
    "body": "{}",
    "time_ms": 1_700_000_000_000,
    "region": "ap-guangzhou",
    "service": "cvm",
    "credentials": {"id": "AKIDEXAMPLE", "secret": "EXAMPLE-SECRET-NOT-REAL", "token": None},
    "options": {},
}

#: What is put into a good line, and the words that its error must hold.
BAD_LINES: List[tuple[Dict[str, Any], List[str]]] = [
    ({"cloud": None}, ["cloud", "required"]),
    ({"cloud": "aws"}, ["cloud", "aws"]),
    ({"cloud": 5}, ["cloud", "string", "whole number"]),
    ({"method": None}, ["method"]),
    ({"method": "G\r\nET"}, ["method"]),
    ({"method": ""}, ["method"]),
    ({"url": None}, ["url"]),
    ({"url": "cvm.tencentcloudapi.com"}, ["url"]),
    ({"url": "ftp://h/"}, ["url"]),
    ({"url": "https://h/\r\nX: y"}, ["url"]),
    ({"headers": 5}, ["headers"]),
    ({"headers": {"X-A": 5}}, ["headers.X-A"]),
    ({"headers": {"X-A": "a\r\nX-B: b"}}, ["x-a"]),
    ({"headers": {"X\n": "a"}}, ["header"]),
    ({"headers": [["a"]]}, ["headers.0"]),
    ({"body": {}}, ["body", "string"]),
    ({"time_ms": None}, ["time_ms", "required"]),
    ({"time_ms": "now"}, ["time_ms", "whole number"]),
    ({"time_ms": 1.5}, ["time_ms"]),
    ({"time_ms": True}, ["time_ms"]),
    ({"time_ms": 10**30}, ["64 bits"]),
    ({"time_ms": 10**18}, ["time"]),
    ({"credentials": None}, ["credentials", "required"]),
    ({"credentials": {"id": "AKIDEXAMPLE"}}, ["credentials.secret"]),
    ({"credentials": {"id": "", "secret": "EXAMPLE"}}, ["credentials", "id", "empty"]),
    ({"credentials": {"id": "AKIDEXAMPLE ", "secret": "EXAMPLE"}}, ["id", "white space"]),
    ({"credentials": {"id": "AKID", "secret": "EXAMPLE", "tokn": "x"}}, ["credentials.tokn", "token"]),
    ({"options": 5}, ["options"]),
    ({"options": {"presigned": True}}, ["options.presigned", "presign"]),
    ({"options": {"presign": "yes"}}, ["options.presign", "true or false"]),
    ({"options": {"signed_headers": "host"}}, ["options.signed_headers", "list"]),
    ({"options": {"signed_headers": ["host", 5]}}, ["signed_headers"]),
    ({"options": {"signed_headers": ["x-not-there"]}}, ["x-not-there"]),
    ({"options": {"expires_s": -1}}, ["expires_s"]),
    ({"options": {"derived": True}}, ["derived"]),
    ({"options": {"presign": True}}, ["presign"]),
]


def test_a_bad_line_is_answered_and_the_others_go_on(cli: Cli) -> None:
    lines: List[str | bytes] = []
    for change, _ in BAD_LINES:
        lines += [json.dumps({**LINE, **change}), json.dumps({**LINE, "id": "good"})]
    raw = [b"{", b"[]", b"5", b"\xff\xfe", b'{"a": NaN}', b"[" * 100_000, b'{"a": ' + b"9" * 5000 + b"}", b'{"url": "\\ud800", "cloud": "tencent"}']
    stdin = b"\n".join([line.encode() if isinstance(line, str) else line for line in lines] + raw)
    ran = cli("sign", "-", stdin=stdin)
    assert (ran.code, ran.err) == (0, "")
    answers = [json.loads(line) for line in ran.out.splitlines()]
    assert len(answers) == len(lines) + len(raw)
    for (change, words), bad, good in zip(BAD_LINES, answers[::2], answers[1::2]):
        error = bad.get("error")
        assert error and error["kind"] == "misuse" and error["hint"] and error["hint_zh"], (change, bad)
        assert all(word in error["message"] + error["code"] for word in words), (change, error)
        assert good["id"] == "good" and len(good["signature"]) == 64
    for answer in answers[len(lines) :]:
        assert answer["error"]["message"]


def test_a_bad_line_to_verify_is_answered(cli: Cli) -> None:
    signed = json.loads(cli("sign", "-", stdin=json.dumps(LINE)).out)
    good = {**LINE, "url": signed["url"], "headers": signed["headers"], "now_ms": LINE["time_ms"]}
    lines = [good, {**good, "now_ms": 1_420_070_400_000}, {**good, "body": "{ }"}, {**good, "now_ms": None}, {**good, "headers": {}}, {**good, "credentials": []}]
    ran = cli("verify", "-", stdin="\n".join(map(json.dumps, lines)))
    answers = [json.loads(line) for line in ran.out.splitlines()]
    assert [answer.get("reason", answer.get("ok", "error")) for answer in answers] == [True, "clock", "signature", "error", "malformed", "unknown_key"]


def test_explain_keeps_what_the_answer_itself_tells(cli: Cli) -> None:
    for message, retry, word in (
        ("ak HWAKEXAMPLE not exist", "never", "key id"),
        ("signature expired, signature time:20211217T064303Z,server time:20211217T065804Z", "clock", "clock"),
        ("decrypt token fail", "credentials", "temporary credentials"),
        ("AK access failed to reach the limit,forbidden", "backoff", "five minutes"),
        ("calc aksk signature fail:body too large", "never", "12 MB"),
    ):
        body = json.dumps({"error_code": "APIGW.0301", "error_msg": f"Incorrect IAM authentication information: {message}", "request_id": "r"})
        (told,) = json.loads(cli("explain", "-", "--output", "json", stdin=f"HTTP/1.1 401 Unauthorized\r\n\r\n{body}").out)
        assert (told["retry"], word in told["next"]) == (retry, True), told


def test_plans_from_files_want_units_too(cli: Cli) -> None:
    copy = {"cloud": "tencent", "image": "img-12345678", "from": "ap-guangzhou", "to": ["ap-shangai"], "name": "golden"}
    (cli.home / "plan.yaml").write_text(f"copies: [{json.dumps(copy)}]\npolicy: {{poll: 6:00, settle: 15, setle: 2s}}\n")
    ran = cli("check", "plan.yaml")
    assert ran.code == 5 and ran.out.count('"500ms"') == 2 and "did you mean settle?" in ran.out, ran
    (cli.home / "plan.json").write_text(json.dumps({"copies": [copy]}))
    ran = cli("check", "plan.json")
    assert ran.code == 0 and "did you mean ap-shanghai?" in ran.out, ran


def test_a_doubtful_region_is_told_before_anything_is_launched(cli: Cli) -> None:
    place = ["--from", "ap-guangzhou", "--to", "ap-shangai", "--name", "n", "--endpoint", "http://127.0.0.1:9", "--deadline", "1s"]
    ran = cli("copy", "--cloud", "tencent", "--image", "img-12345678", *place)
    assert ran.err.startswith("warning: ") and "did you mean ap-shanghai?" in ran.err.splitlines()[0], ran


def test_no_answer_on_stdin_is_said(cli: Cli) -> None:
    for stdin in (b"", b"{}", b"\xff", b"hello"):
        ran = cli("explain", "-", stdin=stdin)
        assert ran.code == 1 and "no request, answer or error of a known cloud" in ran.err, ran


NOW = 1_767_225_600_000
KEY = imgferry.Credentials("AKIDEXAMPLE", "EXAMPLE-SECRET")
URL = "https://ims.cn-north-4.myhuaweicloud.com/v1/cloudimages/quota"
SCOPE = {"region": "cn-north-4", "service": "ims"}
PLAN = {"copies": [{"cloud": "tencent", "image": "img-12345678", "from": "ap-guangzhou", "to": ["ap-shanghai"], "name": "n"}]}


def job(now_ms: int = NOW) -> imgferry.Job:
    return imgferry.Job(imgferry.Plan(PLAN), now_ms=now_ms, seed=1)


#: Everything that takes a time, and what it calls it.
TIMES: Dict[str, tuple[Callable[[int], object], str]] = {
    "sign": (lambda ms: imgferry.sign("huawei", "GET", URL, credentials=KEY, time_ms=ms, **SCOPE), "sign.time"),
    "prepare": (lambda ms: imgferry.prepare("huawei", "GET", URL, id="AKIDEXAMPLE", time_ms=ms, **SCOPE), "sign.time"),
    "call": (lambda ms: imgferry.build("tencent", "DescribeRegions", {}, imgferry.At("ap-guangzhou")).sign(KEY, time_ms=ms), "time_ms"),
    "verify": (lambda ms: imgferry.verify("huawei", "GET", URL, headers={}, body="", now_ms=ms, keys=lambda id: KEY), "now_ms"),
    "job": (job, "now_ms"),
    "survey": (lambda ms: imgferry.Job.survey(imgferry.Plan(PLAN), now_ms=ms, seed=1), "now_ms"),
    "restore": (lambda ms: imgferry.Job.restore(job().take_journal(), now_ms=ms), "now_ms"),
    "wake": (lambda ms: imgferry.Job.wake(job().take_journal(), now_ms=ms), "now_ms"),
    "poll": (lambda ms: job().poll({"tencent": KEY}, now_ms=ms), "now_ms"),
    "answer": (lambda ms: job().answer(1, 200, {}, b"", now_ms=ms), "now_ms"),
    "lost": (lambda ms: job().lost(1, "unsent", now_ms=ms), "now_ms"),
    "cancel": (lambda ms: job().cancel(now_ms=ms), "now_ms"),
}


@pytest.mark.parametrize("name", TIMES)
def test_a_time_in_another_unit_is_a_mistake(name: str) -> None:
    take, argument = TIMES[name]
    for given, unit in ((NOW // 1000, "seconds"), (NOW * 1000, "microseconds"), (NOW * 1_000_000, "nanoseconds"), (0, ""), (-1, ""), (1, "")):
        if given == 0 and name in ("sign", "prepare"):
            continue  # a vector of a scheme is signed at the epoch
        with pytest.raises(imgferry.Error) as caught:
            take(given)
        error = caught.value
        assert (error.kind, error.code) == ("misuse", argument) and str(given) in error.message and unit in error.message, error
        assert (str(NOW) in error.hint) == bool(unit) and error.hint_zh, error


def test_what_stands_in_a_journal_of_another_time_is_read() -> None:
    """The clock of whoever wrote it is nobody's mistake today."""
    import hashlib

    first = job().take_journal().split(" ", 1)[1].replace(str(NOW), "5")
    line = f"{hashlib.sha256(first.rstrip().encode()).hexdigest()[:8]} {first}"
    assert '"started":5' in line
    restored, kept = imgferry.Job.restore(line, now_ms=NOW)
    assert kept == len(line) and restored.report()["counts"] == {"inspecting": 1}


def test_lines_with_a_time_in_seconds_are_told(cli: Cli) -> None:
    line = {"cloud": "huawei", "method": "GET", "url": URL, "time_ms": NOW // 1000, "credentials": {"id": "AKIDEXAMPLE", "secret": "EXAMPLE"}, **SCOPE}
    ran = cli("sign", "-", stdin=json.dumps(line) + "\n")
    assert "looks like seconds" in ran.out + ran.err and "Traceback" not in ran.err, ran


def test_seconds_are_no_milliseconds() -> None:
    now_s = 1_767_225_600
    key = imgferry.Credentials("AKIDEXAMPLE", "EXAMPLE-SECRET")
    copy = {"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "to": ["ap-shanghai"], "name": "golden"}
    plan = imgferry.Plan({"copies": [copy]})
    kept = imgferry.Job(plan, now_ms=now_s * 1000, seed=1).take_journal()
    call = imgferry.build("tencent", "DescribeRegions", {}, imgferry.At("ap-guangzhou"))
    for mistaken in (
        lambda: imgferry.sign("tencent", "POST", "https://cvm.tencentcloudapi.com/", credentials=key, time_ms=now_s, service="cvm"),
        lambda: call.sign(key, time_ms=now_s),
        lambda: imgferry.Job(plan, now_ms=now_s, seed=1),
        lambda: imgferry.Job.restore(kept, now_ms=now_s),
        lambda: imgferry.Job.wake(kept, now_ms=now_s),
    ):
        with pytest.raises(imgferry.Error, match="before 2015") as caught:
            mistaken()
        assert "seconds" in caught.value.hint and caught.value.hint_zh


def test_codes_of_our_own_are_explained_and_nonsense_is_unknown(cli: Cli) -> None:
    ran = cli("explain", "transport.unsent", "--output", "json")
    (told,) = json.loads(ran.out)
    assert (ran.code, told["cloud"], told["retry"], told["owner"]) == (0, None, "backoff", "caller")
    assert "launch.ambiguous\n" in cli("explain", "launch.ambiguous").out
    unknown = cli("explain", "nonsense")
    assert (unknown.code, unknown.out) == (1, "") and "no request, answer or error of a known cloud" in unknown.err
    # The form of a code tells something, and the code that was probably meant is named: told, but not known.
    guessed = cli("explain", "InvalidParamter")
    assert guessed.code == 1 and "did you mean InvalidParameter?" in guessed.out


def test_a_key_on_the_command_line_is_refused_and_told_nowhere(cli: Cli) -> None:
    for given in (["--secret-key", SECRET], [f"--secret-key={SECRET}"], ["--sk", SECRET], ["--token", SECRET], ["--password", SECRET], ["--fast", SECRET]):
        for command in (["doctor", "tencent"], SYNC, ["copy"], ["list"], ["images", "list", "tencent", "ap-guangzhou"]):
            for form in ("text", "json"):
                ran = cli(*command, *given, "--output", form)
                assert ran.code == 5 and SECRET not in ran.out + ran.err and given[0].partition("=")[0] in ran.err, ran
                assert ("keys are not taken from the command line" in ran.err) == ("--fast" not in given), ran


def test_a_folder_in_place_of_a_journal_is_named(cli: Cli) -> None:
    (cli.home / "runs").mkdir()
    for command in ("status", "report", "bundle", "watch", "resume"):
        ran = cli(command, "runs")
        assert ran.code == 5 and ran.err.startswith(("error: runs is no regular file", "error: runs: Is a directory")), ran
