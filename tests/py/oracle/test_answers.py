"""What we read is what the vendors' models read, on every recorded answer: served on loopback, read by both."""

from __future__ import annotations

import json
from typing import Any, Callable, Dict, Tuple

import pytest
from agreement import VENDOR_ERRORS, called
from exchanges import all_exchanges
from operations import call
from relay import Came, Relay
from vendors import Key, huawei, tencent, volcengine

KEY = Key("AKEXAMPLE", "EXAMPLE-SECRET-NOT-REAL")
RECORDED = [exchange for exchange in all_exchanges() if "params" in exchange and "answer" in exchange]

#: Answers of which the vendor's own client makes something else, and what. We read them as they were meant.
DIFFERENT: Dict[str, Tuple[str, Callable[[Any], bool]]] = {
    "tencent/SyncImages-bad-gateway": ("names no status", lambda it: it.code == "ServerNetworkError"),
    "tencent/SyncImages-busy": ("an error is an empty success when the content type has a charset", lambda it: it.ImageSet is None),
    "tencent/SyncImages-token": ("an error is an empty success when there is no content type", lambda it: it.ImageSet is None),
    "tencent/SyncImages-dry-run": ("a dry run that would work is an error", lambda it: it.code == "DryRunOperation"),
    "tencent/SyncImages-old-gateway": ("the old envelope is a KeyError", lambda it: it.code == "KeyError"),
    "volcengine/copy-image-bad-gateway": ("HTML has no code", lambda it: it.status == 502 and "<html>" in it.body),
    "volcengine/copy-image-wrong-host": ("an empty body has no code", lambda it: it.status == 404 and it.body == ""),
    "volcengine/copy-image-error-in-success": ("an error with status 200 loses its request id", lambda it: it.body is None and "SignatureDoesNotMatch" in it.reason),
    "volcengine/copy-image-old-form": ("the old envelope loses code and message", lambda it: it.body is None and it.reason == "InternalServiceError"),
    "volcengine/copy-image-without-id": ("a copy without an id is a success", lambda it: it is None),
    "volcengine/delete-images-one-refused": ("an image that was refused is a success", lambda it: it.operation_details[1].error.code == "OperationDenied.ImageIsCopying"),
    "volcengine/describe-tasks-states": ("a percent sign breaks the whole listing", lambda it: isinstance(it, ValueError)),
    "huawei/CopyImageCrossRegion-bad-gateway": ("HTML is the message, the status is the code", lambda it: it.error_code == "502"),
    "huawei/CopyImageCrossRegion-retry-after-asctime": ("HTML is the message, the status is the code", lambda it: it.error_code == "502"),
    "huawei/CopyImageCrossRegion-retry-after-rfc850": ("HTML is the message, the status is the code", lambda it: it.error_code == "502"),
    "huawei/CopyImageCrossRegion-clock": ("the request id in the body is not read", lambda it: it.error_code == "APIGW.0301" and it.request_id is None),
    "huawei/CopyImageCrossRegion-throttled": ("the request id in the body is not read", lambda it: it.error_code == "APIGW.0308" and it.request_id is None),
    "huawei/CopyImageCrossRegion-no-job": ("an empty object is a success", lambda it: it.job_id is None),
    "huawei/CopyImageCrossRegion-old-style": ("the old envelope is the message, the status is the code", lambda it: it.error_code == "400"),
}


def client(cloud: str, at: Dict[str, Any], endpoint: str) -> Any:
    if cloud == "tencent":
        return tencent(KEY, at["region"], endpoint)
    if cloud == "volcengine":
        made = volcengine(KEY, at["region"], endpoint)
        made.api_client._base_auto_retry = False
        return made
    return huawei(KEY, at.get("project_id"), endpoint)


@pytest.mark.parametrize("exchange", RECORDED, ids=[f"{exchange['cloud']}/{exchange['id']}" for exchange in RECORDED])
def test_reads_what_the_vendor_reads(exchange: Dict[str, Any]) -> None:
    cloud, operation, answer = exchange["cloud"], exchange["operation"], exchange["answer"]
    with Relay("http://127.0.0.1:1") as relay:
        body = answer["body"] if isinstance(answer["body"], str) else json.dumps(answer["body"])
        relay.canned = Came(answer["status"], list(dict(answer.get("headers", {})).items()), body.encode())
        made = client(cloud, exchange["at"], relay.endpoint)
        if (different := DIFFERENT.get(f"{cloud}/{exchange['id']}")) is None:
            called(relay, made, cloud, operation, exchange["params"])
            return
        why, holds = different
        print(f"{exchange['id']}: {why}")
        try:
            outcome = call(made, cloud, operation, exchange["params"])
        except (*VENDOR_ERRORS, ValueError) as error:
            outcome = error
        assert holds(outcome), outcome


def test_every_difference_is_recorded() -> None:
    assert set(DIFFERENT) <= {f"{exchange['cloud']}/{exchange['id']}" for exchange in RECORDED}
