"""Whether two readings of the same bytes agree: ours, and that of the vendor's response models."""

from __future__ import annotations

import json
import warnings
from datetime import datetime, timezone
from typing import Any, Callable, Dict, List, Optional, Union

import imgferry
from huaweicloudsdkcore.exceptions.exceptions import ServiceResponseException
from operations import call
from relay import Came, Relay
from tencentcloud.common.exception import TencentCloudSDKException
from volcenginesdkcore.rest import ApiException

VENDOR_ERRORS = (TencentCloudSDKException, ApiException, ServiceResponseException)
Outcome = Union[Any, TencentCloudSDKException, ApiException, ServiceResponseException]


def called(relay: Relay, client: Any, cloud: str, operation: str, params: Dict[str, Any]) -> Outcome:
    """Lets the vendor's client call an operation and holds both readings of the answer together."""
    before = len(relay.exchanges)
    try:
        # Tencent's client switches warnings on and warns of actions that will go.
        with warnings.catch_warnings(record=True):
            outcome = call(client, cloud, operation, params)
    except VENDOR_ERRORS as error:
        outcome = error
    assert len(relay.exchanges) > before, outcome
    agree(cloud, operation, relay.exchanges[-1].came, outcome)
    return outcome


def agree(cloud: str, operation: str, came: Came, outcome: Outcome) -> None:
    """Field by field: every field that the vendor's model knows, and every fact that we take from it."""
    try:
        reply = imgferry.read(cloud, operation, came.status, came.headers, came.body)  # type: ignore[call-overload]
    except imgferry.Error as error:
        assert isinstance(outcome, VENDOR_ERRORS), (error, outcome)
        theirs = told(outcome)
        mine = {name: getattr(error, name) for name in theirs}
        assert mine == theirs, (mine, theirs)
        return
    assert not isinstance(outcome, VENDOR_ERRORS), (reply, outcome)
    found = differences(reply["data"], outcome)
    assert not found, found
    expected = FACTS[cloud](operation, outcome)
    facts = chosen(reply["facts"], expected)
    assert facts == expected, (facts, expected)
    if (request_id := request_id_of(cloud, outcome)) is not None:
        assert reply["request_id"] == request_id


def differences(data: Any, model: Any, path: str = "") -> List[str]:
    """Where the vendor's model holds something else than our data, looking at every field that the model has."""
    if isinstance(model, list):
        entries = data or []
        if len(entries) != len(model):
            return [f"{path}: {len(entries)} entries, not {len(model)}"]
        return [found for index, (ours, theirs) in enumerate(zip(entries, model)) for found in differences(ours, theirs, f"{path}[{index}]")]
    fields = fields_of(model)
    if fields is None:
        # Models turn numbers into text and text into numbers as their types say; the bytes are the same.
        same = data == model or (model is not None and text(data) == text(model)) or (model is None and data in (None, []))
        return [] if same else [f"{path}: {data!r}, not {model!r}"]
    assert isinstance(data, dict) or data is None, path
    return [found for name, value in fields.items() for found in differences((data or {}).get(name), value, f"{path}.{name}")]


def fields_of(model: Any) -> Optional[Dict[str, Any]]:
    """The fields of a response model under their names on the wire; the request id is told apart from the data."""
    if hasattr(model, "_serialize"):
        named = {name[1].upper() + name[2:]: value for name, value in vars(model).items() if name != "_headers"}
        return {name: value for name, value in named.items() if name != "RequestId"}
    if hasattr(model, "attribute_map"):
        return {name: getattr(model, attribute) for attribute, name in model.attribute_map.items()}
    return None


def text(value: Any) -> str:
    """A value as its JSON text, numbers without the marks of their type."""
    if isinstance(value, bool):
        return str(value).lower()
    try:
        return str(float(value))
    except (TypeError, ValueError):
        return str(value)


def told(error: Outcome) -> Dict[str, Any]:
    """What a vendor's exception tells: code, message and request id, as far as it keeps them."""
    if isinstance(error, TencentCloudSDKException):
        return {"code": error.code, "message": error.message, "request_id": error.requestId}
    if isinstance(error, ApiException):
        metadata = json.loads(error.body)["ResponseMetadata"]
        return {"code": metadata["Error"]["Code"], "message": metadata["Error"]["Message"], "request_id": metadata["RequestId"], "status": error.status}
    return {"code": str(error.error_code), "message": error.error_msg, "request_id": error.request_id, "status": error.status_code}


def request_id_of(cloud: str, model: Any) -> Optional[str]:
    if cloud == "tencent":
        return model.RequestId
    metadata = getattr(model, "_metadata", None)
    return metadata.request_id if metadata else None


# The facts, taken from the vendors' models and not from our reading.


def tencent_facts(operation: str, model: Any) -> Dict[str, Any]:
    if operation == "SyncImages":
        return {"type": "launched", "items": [{"region": copy.Region, "image": copy.ImageId} for copy in model.ImageSet or []]}
    if operation == "ExportImages":
        return {"type": "launched", "items": [{"task": str(model.TaskId), "objects": model.CosPaths}]} if model.TaskId or model.CosPaths else {"type": "launched", "items": []}
    if operation == "DescribeImages":
        return {"type": "images", "total": model.TotalCount, "items": [tencent_image(image) for image in model.ImageSet if image.ImageId]}
    if operation == "DescribeImageFromFamily":
        found = model.Image
        return {"type": "images", "items": [tencent_image(found)] if found and found.ImageId else []}
    if operation == "DescribeImageQuota":
        return {"type": "quota", "total": model.ImageNumQuota}
    if operation == "DescribeRegions":
        return {"type": "regions", "total": model.TotalCount, "items": [region.Region for region in model.RegionSet]}
    if operation == "DescribeImageSharePermission":
        return {"type": "accounts", "items": [account.AccountId for account in model.SharePermissionSet]}
    return {"type": "nothing"}


def tencent_image(image: Any) -> Dict[str, Any]:
    return {
        "id": image.ImageId,
        "name": image.ImageName or "",
        "description": image.ImageDescription or None,
        "raw_state": image.ImageState or "",
        "percent": percent(image.SyncPercent),
        "size_bytes": None if image.ImageSize is None else image.ImageSize << 30,
        "created_ms": milliseconds(image.CreatedTime),
        "os": image.Platform or image.OsName or None,
        "tags": [[tag.Key, tag.Value] for tag in image.Tags or []],
    }


def volcengine_facts(operation: str, model: Any) -> Dict[str, Any]:
    if operation == "CopyImage":
        return {"type": "launched", "items": [{"image": model.image_id}]}
    if operation == "ExportImage":
        return {"type": "launched", "items": [{"task": model.task_id}]}
    if operation == "DescribeImages":
        page = {"total": model.total_count, "next": model.next_token or None}
        return {"type": "images", **page, "items": [volcengine_image(image) for image in model.images or []]}
    if operation == "DescribeTasks":
        return {"type": "tasks", "next": model.next_token or None, "items": [volcengine_task(task) for task in model.tasks or []]}
    if operation == "DescribeRegions":
        return {"type": "regions", "next": model.next_token or None, "items": [region.region_id for region in model.regions]}
    if operation == "DescribeImageSharePermission":
        return {"type": "accounts", "items": [account.account_id for account in model.accounts]}
    return {"type": "nothing"}


def volcengine_image(image: Any) -> Dict[str, Any]:
    return {
        "id": image.image_id,
        "name": image.image_name or "",
        "description": image.description,
        "raw_state": image.status or "",
        "ownership": image.visibility if image.visibility in ("private", "shared", "public") else "unknown",
        "size_bytes": (image.size << 30) if image.size else int(image.virtual_size) if image.virtual_size else None,
        "created_ms": milliseconds(image.created_at),
        "os": image.os_type or image.platform or None,
        "tags": [[tag.key, tag.value] for tag in image.tags or []],
    }


def volcengine_task(task: Any) -> Dict[str, Any]:
    return {
        "id": task.id or "",
        "kind": task.type or "",
        "raw_state": task.status or "",
        "percent": percent(task.process),
        "image": task.resource_id,
        "created_ms": milliseconds(task.created_at),
    }


def huawei_facts(operation: str, model: Any) -> Dict[str, Any]:
    launches = ("CopyImageCrossRegion", "CopyImageInRegion", "CopyImageInRegionInSafeMode", "ExportImage", "ExportImageInSafeMode")
    if operation in (*launches, "AddImageMembers", "DeleteImageMembers", "UpdateImageMembers"):
        return {"type": "launched", "items": [{"task": model.job_id}]}
    if operation == "ListImageMembers":
        return {"type": "accounts", "items": [member.member_id for member in model.members]}
    if operation == "ListImages":
        page = {"next": model.page_info.next_marker or None} if model.page_info else {}
        return {"type": "images", **page, "items": [huawei_image(image) for image in model.images]}
    if operation in ("ShowImage", "UpdateImage"):
        return {"type": "images", "items": [huawei_image(model)]}
    if operation in ("ShowJob", "ShowJobProgress"):
        return {"type": "tasks", "items": [huawei_job(model)]}
    if operation == "ShowImageQuota":
        image = next(resource for resource in model.quotas.resources if resource.type == "image")
        return {"type": "quota", "total": image.quota, "used": image.used}
    return {"type": "nothing"}


def huawei_image(image: Any) -> Dict[str, Any]:
    return {
        "id": image.id,
        "name": image.name or "",
        "description": image.description or None,
        "raw_state": image.status,
        "encrypted": bool(image.system__cmkid),
        "size_bytes": int(image.image_size or 0) or None,
        "created_ms": milliseconds(image.created_at),
        "os": image.os_type or image.platform or None,
        "tags": [list(tag.partition("=" if "=" in tag else ".")[::2]) for tag in image.tags or []],
    }


def huawei_job(job: Any) -> Dict[str, Any]:
    failed = job.status.upper() in ("FAIL", "FAILED")
    return {
        "id": job.job_id,
        "kind": job.job_type or "",
        "raw_state": job.status,
        "image": (job.entities.image_id if job.entities else None) or None,
        "percent": percent(float(job.entities.process_percent) * 100) if job.entities and job.entities.process_percent is not None else None,
        "created_ms": milliseconds(job.begin_time),
        **({"failure": {"code": job.error_code, "message": job.fail_reason}} if failed and job.error_code else {}),
    }


FACTS: Dict[str, Callable[[str, Any], Dict[str, Any]]] = {"tencent": tencent_facts, "volcengine": volcengine_facts, "huawei": huawei_facts}


def chosen(facts: Any, like: Any) -> Any:
    """Of the facts, those that the other side tells, too."""
    if isinstance(like, dict):
        return {name: chosen(facts.get(name), value) for name, value in like.items()}
    if isinstance(like, list) and isinstance(facts, list) and len(facts) == len(like):
        return [chosen(fact, value) for fact, value in zip(facts, like)]
    return facts


def percent(told: Optional[float]) -> Optional[int]:
    """Progress is shown between 0 and 100, whatever the cloud says."""
    return None if told is None else max(0, min(100, round(told)))


def milliseconds(written: Optional[str]) -> Optional[int]:
    if not written:
        return None
    at = datetime.fromisoformat(written.replace("Z", "+00:00"))
    return int((at if at.tzinfo else at.replace(tzinfo=timezone.utc)).timestamp() * 1000)
