"""Writes what the fuzz targets begin with into a folder: the exchanges and vectors of the other tests, and a few by hand."""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from urllib.parse import urlsplit

TESTS = Path(__file__).parents[1]
PLANS = [
    {"copies": [{"cloud": "tencent", "image": "img-12345678", "from": "ap-guangzhou", "to": ["ap-shanghai", {"region": "ap-tokyo", "name": "own-{date}"}], "name": "golden-{date}-{n}"}]},
    {
        "copies": [
            {"cloud": "volcengine", "image": "image-4431h3l7hl31a0example", "from": "cn-beijing", "to": ["cn-shanghai"], "name": "golden", "after": {"tags": {"a": "b"}, "share": ["1"]}},
            {"cloud": "huawei", "image": "465076de-dc36-4aec-80f5-ef9d8009428f", "from": "cn-north-4", "to": ["cn-south-1"], "name": "{source}", "params": {"agency_name": "ims_copy_image"}, "chain": {"decrypt": True}},
        ],
        "clouds": {"huawei": {"projects": {"cn-south-1": "0123456789abcdef0123456789abcdef"}}, "volcengine": {"endpoint": "http://127.0.0.1:8080", "site": "byteplus"}},
        "policy": {"poll": "15s", "settle": "1.5m", "deadline": "6h", "rates": {"tencent.SyncImages": 0.5}, "ambiguity": "stop", "reconcile": False, "concurrency": 3},
    },
    {"exports": [{"cloud": "tencent", "image": "img-12345678", "from": "ap-guangzhou", "name": "out", "params": {"BucketName": "images-1250000000"}}]},
]
PARTS = [
    {"t": 1767225601000, "launch": [0], "name": "golden", "sent": 1767225600000},
    {"t": 1767225602000, "lane": 0, "is": {"phase": "running", "image": "img-87654321", "launches": 1}},
    {"t": 1767225603000, "lane": 0, "is": {"phase": "probing", "absences": 1, "last": 5, "launches": 1, "launched": 1767225601000}},
    {"t": 1767225604000, "resumed": True},
    {"t": 1767225605000, "lane": 0, "is": {"phase": "ready", "image": "img-87654321", "error": {"kind": "server", "code": "x", "message": "m"}}},
]


def main(folder: Path) -> None:
    def write(target: str, name: str, data: str | bytes) -> None:
        path = folder / target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())

    for file in sorted((TESTS / "exchanges").glob("*/*.json")):
        told, cloud = json.loads(file.read_text()), file.parent.name
        name = f"{cloud}-{file.stem}"
        if "answer" in told:
            lines = "".join(f"\n{key}: {value}" for key, value in pairs(told["answer"].get("headers", {})))
            body = told["answer"]["body"]
            body = body if isinstance(body, str) else json.dumps(body)
            write("read", name, f"{cloud} {told['operation']} {told['answer']['status']}{lines}\n\n{body}")
        if "request" in told:
            asked = told["request"]
            url = urlsplit(asked["url"])
            target = url.path + (f"?{url.query}" if url.query else "")
            lines = "".join(f"\n{key}: {value}" for key, value in [("Host", url.netloc), *pairs(asked.get("headers", {}))])
            wire = f"{asked['method']} {target}{lines}\nAuthorization: SIGN\n\n{asked.get('body') or ''}"
            write("sim", name, wire)
            line = {"cloud": cloud, "method": asked["method"], "url": asked["url"], "headers": dict(pairs(asked.get("headers", {}))), "body": asked.get("body") or "", "region": "cn-north-4", "service": "ims", "presign": cloud == "volcengine"}
            write("sign", name, json.dumps(line))
    write("sim", "inside", "GET /_sim/ledger\n\n\n---\nOPTIONS /?Action=DescribeImages\nOrigin: http://a\n\n\n---\nGET http://open.volcengineapi.com/?Action=DescribeImages&Version=2020-04-01\nAuthorization: SIGN\n\n")
    for scheme, key, headers in (
        ("TC3-HMAC-SHA256", "Credential=AKIDEXAMPLE/2026-01-01/cvm/tc3_request, ", "X-TC-Timestamp: 1767225600"),
        ("HMAC-SHA256", "Credential=AKIDEXAMPLE/20260101/cn-beijing/ecs/request, ", "X-Date: 20260101T000000Z"),
        ("SDK-HMAC-SHA256", "Access=AKIDEXAMPLE, ", "X-Sdk-Date: 20260101T000000Z"),
        ("V11-HMAC-SHA256", "Credential=AKIDEXAMPLE/20260101/cn-north-4/ims, ", "X-Sdk-Date: 20260101T000000Z"),
    ):
        write("investigate", scheme, f"POST /a%20b?c=d+e&f=%2520 HTTP/1.1\nHost: h:8443\nContent-Type: application/json; charset=utf-8\n{headers}\nAuthorization: {scheme} {key}SignedHeaders=content-type;host, Signature={'0' * 64}\n\n{{\"a\": \"b\"}}\n\nHTTP/1.1 401 Unauthorized\nDate: Thu, 01 Jan 2026 08:00:00 GMT\n\n{{\"error_code\":\"APIGW.0301\",\"error_msg\":\"verify aksk signature fail\"}}")
        write("verify", scheme, f"POST /a%20b?c=d%2f&e\nHost: h:80\nContent-Type: application/json\n{headers}\nAuthorization: {scheme} {key}SignedHeaders=content-type;host, Signature={'0' * 64}\n\n{{}}")
    for number, text in enumerate((
        "[TencentCloudSDKException] code:AuthFailure.SignatureExpire message:late requestId:r",
        "Error: InvalidAccessKey: no such key\n\tstatus code: 401, request id: r",
        "ClientRequestException - {status_code:401,request_id:r,error_code:APIGW.0301,error_msg:decrypt token fail,encoded_authorization_message:None }",
        '{"log":"{\\"ResponseMetadata\\":{\\"RequestId\\":\\"r\\",\\"Error\\":{\\"Code\\":\\"InvalidTimestamp\\",\\"Message\\":\\"late\\"}}}"}',
        "$ curl -sS -XPOST 'https://cvm.tencentcloudapi.com/' -H 'X-TC-Action: SyncImages' \\\n --data-raw $'{\\'a\\': 1}'; echo\n===\n{}",
        '{"log":{"entries":[{"startedDateTime":"2026-01-01T00:00:00.000Z","request":{"method":"GET","url":"https://open.volcengineapi.com/?Action=CopyImage","headers":[{"name":":authority","value":"h"}]},"response":{"status":400,"headers":[],"content":{"text":"{}"}}}]}}',
    )):
        write("investigate", f"text-{number}", text)
    query = "X-Algorithm=HMAC-SHA256&X-Credential=AKIDEXAMPLE%2F20260101%2Fcn-beijing%2Fecs%2Frequest&X-Date=20260101T000000Z&X-Expires=900&X-SignedHeaders=&X-SignedQueries=X-Algorithm%3BX-Credential&X-Signature=0"
    write("verify", "presigned", f"GET /?Action=A&{query}\nHost: h\n\n")
    for number, plan in enumerate(PLANS):
        write("plan", str(number), json.dumps(plan))
        header = {"imgferry": 1, "started": 1767225600000, "seed": "7", "plan": plan}
        write("journal", str(number), "\n".join(json.dumps(line, separators=(",", ":")) for line in [header, *PARTS]))
    dice = random.Random(7)
    for number in range(32):
        write("machine", str(number), bytes(dice.randrange(256) if dice.random() < 0.5 else dice.randrange(27) for _ in range(2 ** (number % 8))))


def pairs(headers: dict[str, str] | list[list[str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in (headers.items() if isinstance(headers, dict) else headers)]


main(Path(sys.argv[1]))
