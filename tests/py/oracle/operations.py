"""The vendors' clients by the names of our operations: parameters in, their response model out."""

from __future__ import annotations

import re
from typing import Any, Dict, Mapping, Set

import imgferry
import volcenginesdkecs
from huaweicloudsdkims import v2 as ims
from tencentcloud.cvm.v20170312 import models as cvm

#: Huawei's client has other names for some operations, and keeps path, query and body apart.
HUAWEI = {
    "AddImageMembers": "BatchAddMembers",
    "AddImageTags": "BatchAddOrDeleteTags",
    "DeleteImage": "GlanceDeleteImage",
    "DeleteImageMembers": "BatchDeleteMembers",
    "ListImageMembers": "GlanceListImageMembers",
    "ShowImage": "GlanceShowImage",
    "UpdateImageMembers": "BatchUpdateMembers",
}

#: Operations of ours that none of the three clients has: they belong to other services of the same vendor.
ELSEWHERE: Dict[str, Dict[str, str]] = {
    "tencent": {"AssumeRole": "STS", "GetCallerIdentity": "STS", "TagResources": "the tag service"},
    "volcengine": {"AssumeRole": "STS", "GetCallerIdentity": "STS"},
    "huawei": {"CreateTemporaryAccessKeyByAgency": "IAM", "ListAgencies": "IAM", "ListAuthDomains": "IAM", "ListProjects": "IAM", "ListRegions": "IAM"},
}


def request(cloud: str, operation: str, params: Mapping[str, Any]) -> Any:
    """The vendor's request model, filled with parameters under the names on the wire."""
    if cloud == "tencent":
        model = getattr(cvm, f"{operation}Request")()
        model._deserialize(dict(params))
        return model
    if cloud == "volcengine":
        return volcengine_model(f"{operation}Request", params)
    kind = getattr(ims, f"{HUAWEI.get(operation, operation)}Request")
    named = {attribute: params[name] for attribute, name in kind.attribute_map.items() if name in params}
    if "body" in kind.openapi_types:
        body = {name: value for name, value in params.items() if name in body_fields(operation)}
        if body:
            named["body"] = huawei_body(kind.openapi_types["body"], image_patch(body) if operation == "UpdateImage" else body)
    return kind(**named)


def call(client: Any, cloud: str, operation: str, params: Mapping[str, Any]) -> Any:
    """Calls the vendor's client and gives its response model back."""
    method = {"tencent": operation, "volcengine": snake(operation), "huawei": snake(HUAWEI.get(operation, operation))}[cloud]
    return getattr(client, method)(request(cloud, operation, params))


def snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def volcengine_model(kind: str, values: Mapping[str, Any]) -> Any:
    """A model of Volcengine's, with the models inside it."""
    model = getattr(volcenginesdkecs, kind)
    filled = {}
    for attribute, name in model.attribute_map.items():
        if name in values:
            inner = re.fullmatch(r"list\[(.*For.*)\]", model.swagger_types[attribute])
            filled[attribute] = [volcengine_model(inner[1], item) for item in values[name]] if inner else values[name]
    return model(**filled)


def huawei_body(kind: str, values: Any) -> Any:
    """A body of Huawei's: its client's own reader knows how to fill every model."""
    return ims.ImsClient()._deserialize(values, kind)


def body_fields(operation: str) -> Set[str]:
    """What of Huawei's parameters travels in the body."""
    table = next(table for table in imgferry.operations("huawei") if table["name"] == operation)
    return {field["name"] for field in table["fields"] if field["place"] == "body"}


def image_patch(values: Mapping[str, Any]) -> Any:
    """An update as the JSON patch that both sides send: what every image has is replaced, what it may lack is added."""
    op = values.get("op")
    return [
        {"op": op or ("replace" if name == "name" else "add"), "path": f"/{name}", "value": str(value)}
        for name, value in values.items()
        if name != "op"
    ]


def plain(model: Any) -> Any:
    """What a response model holds, under the names on the wire; what it leaves unset is left out."""
    if isinstance(model, (list, tuple)):
        return [plain(item) for item in model]
    if isinstance(model, dict):
        return {name: plain(value) for name, value in model.items()}
    if hasattr(model, "_serialize"):
        return model._serialize()
    if hasattr(model, "attribute_map"):
        named = {name: plain(getattr(model, attribute)) for attribute, name in model.attribute_map.items()}
        return {name: value for name, value in named.items() if value is not None}
    return model
