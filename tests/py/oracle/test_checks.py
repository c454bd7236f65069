"""Wrong parameters that we name before the first call, and that the vendors' clients sign and send as they are."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Dict, Tuple

import imgferry
import pytest
from operations import call
from vendors import Key, caught_huawei, caught_tencent, caught_volcengine, huawei, tencent, volcengine

KEY = Key("AKEXAMPLE", "EXAMPLE-SECRET-NOT-REAL")
REGION = {"tencent": "ap-guangzhou", "volcengine": "cn-beijing", "huawei": "cn-north-4"}

SYNC = ("tencent", "SyncImages", {"ImageIds": ["img-o3ycss2p"], "DestinationRegions": ["ap-beijing"]})
EXPORT = ("tencent", "ExportImages", {"ImageIds": ["img-o3ycss2p"], "BucketName": "bucket-1250000000"})
COPY = ("volcengine", "CopyImage", {"ImageId": "image-4431h3l7hl31a0example", "DestinationRegion": "cn-shanghai", "ImageName": "web"})
REPLICATE = (
    "huawei",
    "CopyImageCrossRegion",
    {
        **{"image_id": "465076de-dc36-4aec-80f5-ef9d8009428f", "name": "web", "region": "cn-east-3"},
        **{"project_name": "cn-east-3", "agency_name": "ims_copy_image"},
    },
)

#: A right call, and the one change that makes it wrong.
WRONG: Dict[str, Tuple[Tuple[str, str, Dict[str, Any]], Dict[str, Any]]] = {
    "two images in one call": (SYNC, {"ImageIds": ["img-o3ycss2p", "img-72n9mi0y"]}),
    "no image": (SYNC, {"ImageIds": []}),
    "a destination twice": (SYNC, {"DestinationRegions": ["ap-beijing", "ap-beijing"]}),
    "a name of 61 characters": (SYNC, {"ImageName": "x" * 61}),
    "a key without encryption": (SYNC, {"KmsKeyId": "2e860789-7ef0-11ef-8d1c-525400ffffff"}),
    "an encrypted copy to another region": (SYNC, {"Encrypt": True}),
    "an id of another cloud": (SYNC, {"ImageIds": ["image-4431h3l7hl31a0example"]}),
    "a flag as text": (SYNC, {"DryRun": "yes"}),
    "an unknown export format": (EXPORT, {"ExportFormat": "ISO"}),
    "fewer prefixes than images": (EXPORT, {"FileNamePrefixList": ["a", "b"]}),
    "no bucket": (EXPORT, {"BucketName": ""}),
    "ids and filters together": (("tencent", "DescribeImages", {"ImageIds": ["img-o3ycss2p"]}), {"Filters": [{"Name": "image-name", "Values": ["web"]}]}),
    "a page of 101": (("tencent", "DescribeImages", {}), {"Limit": 101}),
    "a name that begins with a digit": (COPY, {"ImageName": "1bad name!"}),
    "a name of 129 characters": (COPY, {"ImageName": "x" * 129}),
    "an empty destination": (COPY, {"DestinationRegion": ""}),
    "its own region": (COPY, {"DestinationRegion": "cn-beijing"}),
    "a zone as region": (COPY, {"DestinationRegion": "cn-shanghai-a"}),
    "a description with a tab": (COPY, {"Description": "of\tweb"}),
    "a masked id": (COPY, {"ImageId": "image-44****31"}),
    "a reserved tag": (COPY, {"Tags": [{"Key": "volc:owner", "Value": "me"}]}),
    "a tag key twice": (COPY, {"Tags": [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}]}),
    "a prefix with a hyphen": (("volcengine", "ExportImage", {"ImageId": "image-4431h3l7hl31a0example", "TOSBucket": "bucket", "TOSPrefix": "out"}), {"TOSPrefix": "o-ut"}),
    "a name of 500 characters": (REPLICATE, {"name": "x" * 500}),
    "a name that ends with a space": (REPLICATE, {"name": "web "}),
    "a description with angle brackets and a new line": (REPLICATE, {"description": "<b>\n"}),
    "a description of 1,025 characters": (REPLICATE, {"description": "x" * 1025}),
    "a replica in its own region": (REPLICATE, {"region": "cn-north-4"}),
    "no agency": (REPLICATE, {"agency_name": ""}),
    "a slash in an id": (REPLICATE, {"image_id": "465076de/dc36"}),
    "a format with a quick export": (
        ("huawei", "ExportImage", {"image_id": "465076de-dc36-4aec-80f5-ef9d8009428f", "bucket_url": "bucket:a.qcow2", "file_format": "qcow2"}),
        {"is_quick_export": True},
    ),
}


def errors(cloud: str, operation: str, params: Dict[str, Any]) -> Any:
    found = imgferry.check(cloud, operation, params, imgferry.At(REGION[cloud]))  # type: ignore[call-overload]
    return [problem for problem in found if problem["severity"] == "error"]


@pytest.mark.parametrize("what", WRONG)
def test_we_refuse_what_the_vendor_sends(what: str) -> None:
    (cloud, operation, right), change = WRONG[what]
    wrong = {**right, **change}
    assert errors(cloud, operation, right) == []
    found = errors(cloud, operation, wrong)
    assert found and all(problem["message"] and problem["message_zh"] for problem in found)

    stop = {"tencent": caught_tencent, "volcengine": caught_volcengine, "huawei": caught_huawei}[cloud]
    make = {"tencent": tencent, "volcengine": volcengine}.get(cloud, lambda key, _, host: huawei(key, "0123456789abcdef0123456789abcdef", host))
    sent = stop(make(KEY, REGION[cloud], "127.0.0.1:8080"), lambda client: call(client, cloud, operation, wrong))  # type: ignore[operator]
    assert sent.signed_headers and sent.authorization


def test_they_are_many() -> None:
    assert len(WRONG) >= 15
    assert {cloud for (cloud, _, _), _ in WRONG.values()} == {"tencent", "volcengine", "huawei"}


def test_the_table_of_the_documentation_is_so() -> None:
    path = Path(__file__).resolve().parents[3] / "docs/clouds/bad-inputs.md"
    if os.environ.get("REFRESH"):
        path.write_text(table(), encoding="utf-8")
    assert path.read_text(encoding="utf-8") == table(), "REFRESH=1 writes it anew"


def table() -> str:
    """What the tests above have shown, for the documentation."""
    names = {"tencent": "Tencent Cloud", "volcengine": "Volcengine", "huawei": "Huawei Cloud"}
    rows = [
        "# What the vendors' clients let pass",
        "",
        f"{len(WRONG)} wrong inputs. The vendors' Python clients (tencentcloud-sdk-python-cvm 3.1.178, volcenginesdk-ecs 5.0.54, huaweicloudsdkims",
        "3.1.219) sign and send every one of them; imgferry names the rule before anything is sent. A test runs both. Every rule has an example",
        "that passes and one that fails: `imgferry rules`.",
        "",
        "| input | operation | what imgferry says |",
        "|---|---|---|",
    ]
    for what, ((cloud, operation, right), change) in WRONG.items():
        found = errors(cloud, operation, {**right, **change})[0]
        rule = f"[`{found['rule']}`](../reference/rules/{'plan' if found['rule'].startswith('params.') else cloud}.md#{found['rule']})"
        rows.append(f"| {what} | {names[cloud]} `{operation}` | {escaped(found['message'])} {rule} |")
    return "\n".join(rows) + "\n"


def escaped(message: str) -> str:
    return "".join(f"\\{sign}" if sign in "\\`*_<>|[]#" else sign for sign in message if sign >= " ")
