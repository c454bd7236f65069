"""The simulator, certified: the vendors' clients, unchanged but for their endpoint, work with it over real HTTP.

Every answer on the way is also read by us, and must tell the same (see ``agreement``).
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Optional, Set

import imgferry
import imgferry.sim
import pytest
from agreement import Outcome, called, told
from frozen import Clock, clock as clock
from imgferry._imgferry import example_keys
from operations import ELSEWHERE, call
from relay import Relay, Sent
from vendors import Key, huawei_in, tencent, volcengine

KEYS = {cloud: Key(id, secret) for cloud, id, secret in example_keys()}
CLOUDS = list(KEYS)
HOME = {"tencent": "ap-guangzhou", "volcengine": "cn-beijing", "huawei": "cn-north-4"}
IMAGE = {"tencent": "img-o3ycss2p", "volcengine": "image-4431h3l7hl31a0example", "huawei": "465076de-dc36-4aec-80f5-ef9d8009428f"}
#: Copies are short, and who looks often is not throttled.
SCENARIO = {
    "copy_ms": 200,
    "visible_after_ms": 0,
    "limits": {"tencent.*": 0, "tencent.SyncImages": 0, "tencent.DescribeImages": 0, "tencent.ExportImages": 0, "volcengine.*": 0, "huawei.*": 0},
}
#: How often a copy is looked at before it counts as lost, far beyond its length.
LOOKS = 1000


class Place(NamedTuple):
    """A simulator, the relay before it, and clients for its regions."""

    server: imgferry.sim.Server
    relay: Relay

    def client(self, cloud: str, region: Optional[str] = None, key: Optional[Key] = None) -> Any:
        make = {"tencent": tencent, "volcengine": volcengine, "huawei": huawei_in}[cloud]
        return make(key or KEYS[cloud], region or HOME[cloud], self.relay.endpoint)  # type: ignore[operator]

    def call(self, cloud: str, operation: str, *, region: Optional[str] = None, **params: Any) -> Outcome:
        return called(self.relay, self.client(cloud, region), cloud, operation, params)

    def until(self, holds: Callable[[Any], bool], look: Callable[[], Any]) -> List[Any]:
        """Looks until what is seen is final; gives everything that was seen."""
        seen = []
        for _ in range(LOOKS):
            seen.append(look())
            if holds(seen[-1]):
                return seen
            time.sleep(0.02)
        raise AssertionError(f"not finished after {LOOKS} looks: {seen[-1]}")

    def copies(self) -> List[Dict[str, Any]]:
        """What the simulator knows to have been copied."""
        return self.server.world.ledger()["lanes"]


@contextmanager
def place(**scenario: Any) -> Iterator[Place]:
    with imgferry.sim.Server({**SCENARIO, **scenario}) as server, Relay(server.url) as relay:
        yield Place(server, relay)


# Copy and poll.


def test_tencent_copies_and_polls() -> None:
    with place() as here:
        regions = ["ap-shanghai", "na-siliconvalley"]
        started = here.call("tencent", "SyncImages", ImageIds=[IMAGE["tencent"]], DestinationRegions=regions, ImageName="copied", ImageSetRequired=True)
        assert [copy.Region for copy in started.ImageSet] == regions
        for copy in started.ImageSet:
            look = lambda: here.call("tencent", "DescribeImages", region=copy.Region, ImageIds=[copy.ImageId]).ImageSet[0]  # noqa: E731,B023
            seen = here.until(lambda image: image.ImageState == "NORMAL", look)
            assert seen[-1].ImageName == "copied" and {image.ImageState for image in seen} <= {"SYNCING", "NORMAL"}
        assert len(here.copies()) == 2


def test_volcengine_copies_and_polls() -> None:
    with place() as here:
        started = here.call("volcengine", "CopyImage", ImageId=IMAGE["volcengine"], DestinationRegion="cn-shanghai", ImageName="copied", CopyImageTags=True)
        look = lambda: here.call("volcengine", "DescribeTasks", region="cn-shanghai", ResourceIds=[started.image_id], MaxResults="20").tasks  # noqa: E731
        seen = here.until(lambda tasks: tasks[0].status == "Succeeded", look)
        assert {tasks[0].status for tasks in seen} <= {"Pending", "Running", "Succeeded"} and seen[-1][0].process == 100
        find = {"ImageIds": [started.image_id], "Status": ["available", "creating", "error"]}
        images = here.until(lambda image: image.status == "available", lambda: here.call("volcengine", "DescribeImages", region="cn-shanghai", **find).images[0])
        assert (images[-1].image_name, images[-1].tags[0].key) == ("copied", "team")
        assert len(here.copies()) == 1


def test_huawei_copies_and_polls() -> None:
    with place() as here:
        place_of_copy = {"region": "cn-east-3", "project_name": "cn-east-3", "agency_name": "ims_copy_image"}
        started = called(
            here.relay, here.client("huawei"), "huawei", "CopyImageCrossRegion", {"image_id": IMAGE["huawei"], "name": "copied", "description": "of web", **place_of_copy}
        )
        seen = here.until(lambda job: job.status == "SUCCESS", lambda: here.call("huawei", "ShowJobProgress", job_id=started.job_id))
        assert {job.status for job in seen} <= {"INIT", "RUNNING", "SUCCESS"} and seen[-1].entities.process_percent == 1
        assert here.call("huawei", "ShowJob", job_id=started.job_id).entities.image_id == seen[-1].entities.image_id
        # The job may end a moment before the image is usable.
        find = lambda: here.call("huawei", "ListImages", region="cn-east-3", id=seen[-1].entities.image_id).images  # noqa: E731
        found = here.until(lambda images: [image.status for image in images] == ["active"], find)[-1]
        assert [(image.name, image.data_origin) for image in found] == [("copied", f"image,cn-north-4,{IMAGE['huawei']}")]
        assert len(here.copies()) == 1


@pytest.mark.parametrize("cloud", CLOUDS)
def test_temporary_keys_copy_with_their_token_only(cloud: str) -> None:
    key = KEYS[cloud]._replace(id=f"{KEYS[cloud].id}TEMPORARY", token="EXAMPLE-TOKEN-+/=")
    with place(credentials={cloud: key._asdict()}) as here:
        assert not isinstance(copy(here, cloud, key), Exception)
        refused = copy(here, cloud, key._replace(token="EXAMPLE-TOKEN-+/_"))
        code = {"tencent": "AuthFailure.TokenFailure", "volcengine": "InvalidSecretToken", "huawei": "APIGW.0301"}[cloud]
        assert told(refused)["code"] == code
        assert len(here.copies()) == 1


def test_tencent_copies_by_get() -> None:
    """The other form of the same API: parameters in the query, lists counted from 0, booleans as Python writes them."""
    with place() as here:
        client = tencent(KEYS["tencent"], HOME["tencent"], here.relay.endpoint, method="GET")
        params = {"ImageIds": [IMAGE["tencent"]], "DestinationRegions": ["ap-beijing", "ap-shanghai"], "ImageName": "a b+c~*'()/中", "ImageSetRequired": True}
        assert len(called(here.relay, client, "tencent", "SyncImages", params).ImageSet) == 2
        assert {lane["name"] for lane in here.copies()} == {"a b+c~*'()/中"}


# Everything else that both sides know: right calls and wrong ones, by cloud.

TOUR: Dict[str, List[Dict[str, Any]]] = {
    "tencent": [
        {"operation": "DescribeRegions"},
        {"operation": "DescribeImageQuota"},
        {"operation": "DescribeImages", "Filters": [{"Name": "image-type", "Values": ["PRIVATE_IMAGE"]}], "Limit": 3, "Offset": 1},
        {"operation": "DescribeImages", "ImageIds": ["img-notthere"]},
        {"operation": "DescribeImages", "ImageIds": ["img-o3ycss2p"], "Filters": [{"Name": "image-name", "Values": ["web"]}], "fails": "InvalidParameter.InvalidParameterCoexistImageIdsFilters"},
        {"operation": "SyncImages", "ImageIds": ["img-o3ycss2p"], "DestinationRegions": ["ap-guangzhou"], "fails": True},
        {"operation": "SyncImages", "ImageIds": ["img-o3ycss2p", "img-72n9mi0y"], "DestinationRegions": ["ap-beijing"], "fails": "InvalidParameterValue.LimitExceeded"},
        {"operation": "SyncImages", "ImageIds": ["img-toolarge"], "DestinationRegions": ["ap-beijing"], "fails": "InvalidImageId.TooLarge"},
        {"operation": "SyncImages", "ImageIds": ["img-nothere1"], "DestinationRegions": ["ap-beijing"], "fails": "InvalidImageId.NotFound"},
        {"operation": "SyncImages", "ImageIds": [], "DestinationRegions": ["ap-beijing"], "fails": "MissingParameter"},
        {"operation": "SyncImages", "ImageIds": ["img-72n9mi0y"], "DestinationRegions": ["ap-beijing"], "DryRun": True},
        {"operation": "SyncImages", "at": "xx-nowhere", "ImageIds": ["img-72n9mi0y"], "DestinationRegions": ["ap-beijing"], "fails": "UnsupportedRegion"},
        {"operation": "ExportImages", "ImageIds": ["img-72n9mi0y"], "BucketName": "bucket-1250000000", "ExportFormat": "QCOW2", "FileNamePrefixList": ["out"]},
        {"operation": "ExportImages", "ImageIds": ["img-windows1"], "BucketName": "bucket-1250000000", "fails": True},
        {"operation": "ModifyImageAttribute", "ImageId": "img-o3ycss2p", "ImageName": "renamed", "ImageDescription": "说明"},
        {"operation": "DescribeImages", "ImageIds": ["img-o3ycss2p"]},
        {"operation": "DescribeImageFromFamily", "ImageFamily": "golden"},
        {"operation": "ModifyImageAttribute", "ImageId": "img-o3ycss2p", "ImageFamily": "golden"},
        {"operation": "DescribeImageFromFamily", "ImageFamily": "golden"},
        {"operation": "ModifyImageSharePermission", "ImageId": "img-o3ycss2p", "AccountIds": ["100000000002"], "Permission": "SHARE"},
        {"operation": "DescribeImageSharePermission", "ImageId": "img-o3ycss2p"},
        {"operation": "DeleteImages", "ImageIds": ["img-o3ycss2p"], "fails": True},
        {"operation": "ModifyImageSharePermission", "ImageId": "img-o3ycss2p", "AccountIds": ["100000000002"], "Permission": "CANCEL"},
        {"operation": "DeleteImages", "ImageIds": ["img-o3ycss2p"]},
        {"operation": "DescribeImages", "ImageIds": ["img-o3ycss2p"]},
    ],
    "volcengine": [
        {"operation": "DescribeRegions"},
        {"operation": "DescribeRegions", "RegionIds": ["cn-beijing", "cn-shanghai"], "MaxResults": 1},
        {"operation": "DescribeImages", "Visibility": "private", "Status": ["available", "creating", "error"], "MaxResults": 2},
        {"operation": "DescribeImages", "TagFilters": [{"Key": "team", "Values": ["web"]}]},
        {"operation": "DescribeImages", "MaxResults": 101, "fails": True},
        {"operation": "CopyImage", "ImageId": "image-4431h3l7hl31a0example", "DestinationRegion": "cn-beijing", "ImageName": "same", "fails": "InvalidDestinationRegion.Mismatch"},
        {"operation": "CopyImage", "ImageId": "image-4431h3l7hl31a0example", "DestinationRegion": "cn-shanghai", "ImageName": "1bad name!", "fails": "InvalidImageName.Malformed"},
        {"operation": "CopyImage", "ImageId": "image-notthere", "DestinationRegion": "cn-shanghai", "ImageName": "ok", "fails": "InvalidImage.NotFound"},
        {"operation": "CopyImage", "ImageId": "image-whole0000000000example", "DestinationRegion": "cn-shanghai", "ImageName": "ok", "fails": "InvalidImageForCopyImage.UnSupported"},
        {"operation": "CopyImage", "ImageId": "image-4431h3l7hl31a0example", "DestinationRegion": "cn-shanghai", "ImageName": "tagged", "Description": "a，b", "Tags": [{"Key": "env", "Value": "p r/o"}]},
        {"operation": "DescribeTasks", "at": "cn-shanghai", "MaxResults": "100"},
        {"operation": "ExportImage", "ImageId": "image-creating0000000example", "TOSBucket": "bucket", "TOSPrefix": "out", "fails": "InvalidImageStatus"},
        {"operation": "ModifyImageAttribute", "ImageId": "image-4431h3l7hl31a0example", "ImageName": "renamed", "Description": ""},
        {"operation": "TagResources", "ResourceType": "image", "ResourceIds": ["image-error0000000000example"], "Tags": [{"Key": "env", "Value": "dev"}]},
        {"operation": "ModifyImageSharePermission", "ImageId": "image-4431h3l7hl31a0example", "AddAccounts": ["2100000002"]},
        {"operation": "DescribeImageSharePermission", "ImageId": "image-4431h3l7hl31a0example"},
        {"operation": "ExportImage", "ImageId": "image-4431h3l7hl31a0example", "TOSBucket": "bucket", "TOSPrefix": "out"},
        {"operation": "DescribeTasks"},
        {"operation": "DeleteImages", "ImageIds": ["image-error0000000000example"]},
        {"operation": "DescribeImages", "ImageIds": ["image-error0000000000example"]},
    ],
    "huawei": [
        {"operation": "ShowImageQuota"},
        {"operation": "ListImages", "__imagetype": "private", "limit": 2, "sort_key": "name", "sort_dir": "asc"},
        {"operation": "ListImages", "name": "not there"},
        {"operation": "ShowImage", "image_id": "465076de-dc36-4aec-80f5-ef9d8009428f"},
        {"operation": "ShowImage", "image_id": "00000000-0000-4000-8000-00000000ffff", "fails": True},
        {"operation": "CopyImageCrossRegion", "image_id": "465076de-dc36-4aec-80f5-ef9d8009428f", "name": "x", "region": "cn-north-4", "project_name": "cn-north-4", "agency_name": "ims_copy_image", "fails": "IMG.0142"},
        {"operation": "CopyImageCrossRegion", "image_id": "00000000-0000-4000-8000-0000000000e1", "name": "x", "region": "cn-east-3", "project_name": "cn-east-3", "agency_name": "ims_copy_image", "fails": "IMG.0143"},
        {"operation": "CopyImageCrossRegion", "image_id": "465076de-dc36-4aec-80f5-ef9d8009428f", "name": "x", "region": "cn-east-3", "project_name": "cn-east-3", "agency_name": "nobody", "fails": "IMG.0151"},
        {"operation": "CopyImageInRegion", "image_id": "465076de-dc36-4aec-80f5-ef9d8009428f", "name": "中文 name", "description": "d"},
        {"operation": "CopyImageInRegionInSafeMode", "image_id": "465076de-dc36-4aec-80f5-ef9d8009428f", "name": "once more"},
        {"operation": "CopyImageInRegionInSafeMode", "image_id": "465076de", "name": "x", "fails": "IMG.0066"},
        {"operation": "ExportImage", "image_id": "465076de-dc36-4aec-80f5-ef9d8009428f", "bucket_url": "bucket:out.qcow2", "file_format": "qcow2"},
        {"operation": "ExportImage", "image_id": "00000000-0000-4000-8000-0000000000e4", "bucket_url": "bucket:iso.qcow2", "file_format": "qcow2", "fails": "IMG.0167"},
        {"operation": "ExportImageInSafeMode", "image_id": "00000000-0000-4000-8000-0000000000e8", "bucket_url": "bucket:again.vhd", "file_format": "vhd"},
        {"operation": "ShowJob", "job_id": "ff80808280c204e30180d2784c3c0d86", "fails": True},
        {"operation": "ShowJobProgress", "job_id": "ff80808280c204e30180d2784c3c0d86", "fails": True},
        {"operation": "UpdateImage", "image_id": "465076de-dc36-4aec-80f5-ef9d8009428f", "name": "renamed", "__description": "now described"},
        {"operation": "AddImageTags", "image_id": "465076de-dc36-4aec-80f5-ef9d8009428f", "action": "create", "tags": [{"key": "env", "value": "prod"}]},
        {"operation": "AddImageMembers", "images": ["465076de-dc36-4aec-80f5-ef9d8009428f"], "projects": ["0123456789abcdef0123456789abcdef"]},
        {"operation": "ListImageMembers", "image_id": "465076de-dc36-4aec-80f5-ef9d8009428f"},
        {"operation": "DeleteImageMembers", "images": ["465076de-dc36-4aec-80f5-ef9d8009428f"], "projects": ["0123456789abcdef0123456789abcdef"]},
        {"operation": "AddImageMembers", "images": ["465076de-dc36-4aec-80f5-ef9d8009428f"], "domains": ["d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0"], "organizations": ["o"]},
        {"operation": "UpdateImageMembers", "images": ["00000000-0000-4000-8000-0000000000e2"], "project_id": "0123456789abcdef0123456789abcdef", "status": "accepted"},
        {"operation": "DeleteImage", "image_id": "465076de-dc36-4aec-80f5-ef9d8009428f"},
        {"operation": "ListImages", "id": "465076de-dc36-4aec-80f5-ef9d8009428f"},
    ],
}


@pytest.mark.parametrize("cloud", CLOUDS)
def test_tour(cloud: str) -> None:
    with place(copy_ms=0) as here:
        for step in TOUR[cloud]:
            params = {name: value for name, value in step.items() if name not in ("operation", "at", "fails")}
            outcome = called(here.relay, here.client(cloud, step.get("at")), cloud, step["operation"], params)
            failed, wanted = isinstance(outcome, Exception), step.get("fails", False)
            assert failed == bool(wanted), (step, told(outcome) if failed else outcome)
            if isinstance(wanted, str):
                assert told(outcome)["code"] == wanted, (step, outcome)


@pytest.mark.parametrize("cloud", CLOUDS)
def test_tour_is_complete(cloud: str) -> None:
    """Every operation of ours that the vendor's client has is called at least once."""
    visited: Set[str] = {step["operation"] for step in TOUR[cloud]} | {"SyncImages", "CopyImage", "CopyImageCrossRegion"}
    ours = {operation["name"] for operation in imgferry.operations(cloud)}  # type: ignore[arg-type]
    assert ours - set(ELSEWHERE[cloud]) <= visited
    assert set(ELSEWHERE[cloud]) <= ours


# One byte.

COPY: Dict[str, Dict[str, Any]] = {
    "tencent": {"operation": "SyncImages", "ImageIds": [IMAGE["tencent"]], "DestinationRegions": ["ap-beijing"], "ImageName": "copied"},
    "volcengine": {"operation": "CopyImage", "ImageId": IMAGE["volcengine"], "DestinationRegion": "cn-shanghai", "ImageName": "copied"},
    "huawei": {
        **{"operation": "CopyImageCrossRegion", "image_id": IMAGE["huawei"], "name": "copied"},
        **{"region": "cn-east-3", "project_name": "cn-east-3", "agency_name": "ims_copy_image"},
    },
}
MISMATCH = {"tencent": "AuthFailure.SignatureFailure", "volcengine": "SignatureDoesNotMatch", "huawei": "APIGW.0301"}
UNKNOWN_KEY = {"tencent": "AuthFailure.SecretIdNotFound", "volcengine": "InvalidAccessKey", "huawei": "APIGW.0301"}
WRONG_CLOCK = {"tencent": "AuthFailure.SignatureExpire", "volcengine": "InvalidTimestamp", "huawei": "APIGW.0301"}


def header(name: str) -> Callable[[Sent], Sent]:
    """Changes the last byte of a header."""

    def tamper(sent: Sent) -> Sent:
        assert any(own.lower() == name for own, _ in sent.headers), (name, sent.headers)
        return sent._replace(headers=[(own, changed(value) if own.lower() == name else value) for own, value in sent.headers])

    return tamper


def body(sent: Sent) -> Sent:
    assert b"copied" in sent.body
    return sent._replace(body=sent.body.replace(b"copied", b"copieD"))


def target(old: str, new: str) -> Callable[[Sent], Sent]:
    def tamper(sent: Sent) -> Sent:
        assert old in sent.target
        return sent._replace(target=sent.target.replace(old, new))

    return tamper


def changed(value: str) -> str:
    """Another last byte of the same sort."""
    return value[:-1] + {"0": "1", "Z": "Y", "a": "b"}.get(value[-1], "0" if value[-1].isdigit() else "a")


TAMPERED = [
    *(("tencent", name, header(name)) for name in ("authorization", "content-type", "host", "x-tc-timestamp")),
    ("tencent", "body", body),
    *(("volcengine", name, header(name)) for name in ("authorization", "content-type", "host", "x-content-sha256", "x-sdk-invocation-id")),
    ("volcengine", "query", target("ImageName=copied", "ImageName=copieD")),
    ("volcengine", "region", target("cn-shanghai", "cn-shanghaj")),
    *(("huawei", name, header(name)) for name in ("authorization", "content-type", "host", "x-project-id", "user-agent")),
    ("huawei", "body", body),
    ("huawei", "path", target("8009428f", "8009428e")),
]


def copy(here: Place, cloud: str, key: Optional[Key] = None) -> Outcome:
    params = dict(COPY[cloud])
    return called(here.relay, here.client(cloud, key=key), cloud, params.pop("operation"), params)


@pytest.mark.parametrize("cloud, what, tamper", TAMPERED, ids=[f"{cloud}-{what}" for cloud, what, _ in TAMPERED])
def test_one_byte_on_the_way(cloud: str, what: str, tamper: Callable[[Sent], Sent]) -> None:
    with place() as here:
        here.client(cloud)  # Huawei's asks for its project, untampered
        here.relay.tamper = tamper
        assert told(copy(here, cloud))["code"] == MISMATCH[cloud]
        assert here.copies() == []
        here.relay.tamper = None
        assert not isinstance(copy(here, cloud), Exception)
        assert len(here.copies()) == 1


@pytest.mark.parametrize("cloud", CLOUDS)
def test_one_byte_of_the_secret(cloud: str) -> None:
    key = KEYS[cloud]
    with place() as here:
        assert told(copy(here, cloud, key._replace(secret=changed(key.secret))))["code"] == MISMATCH[cloud]
        assert here.copies() == []


@pytest.mark.parametrize("cloud", CLOUDS)
def test_one_byte_of_the_key_id(cloud: str) -> None:
    key = KEYS[cloud]
    with place() as here:
        if cloud == "huawei":  # its client asks for the project of every new key, and fails there
            with pytest.raises(Exception, match="APIGW.0301"):
                copy(here, cloud, key._replace(id=changed(key.id)))
        else:
            assert told(copy(here, cloud, key._replace(id=changed(key.id))))["code"] == UNKNOWN_KEY[cloud]
        assert here.copies() == []


@pytest.mark.parametrize("cloud", CLOUDS)
@pytest.mark.parametrize("minutes", [-20, 20])
def test_a_wrong_clock(cloud: str, minutes: int, clock: Clock) -> None:
    with place() as here:
        clock.seconds = int(time.time())
        client = here.client(cloud)
        clock.seconds += 60 * minutes
        params = dict(COPY[cloud])
        refused = called(here.relay, client, cloud, params.pop("operation"), params)
        assert told(refused)["code"] == WRONG_CLOCK[cloud]
        assert here.copies() == []


def test_a_launch_of_volcengines_client_is_repeated_by_itself() -> None:
    """Why imgferry looks before it sends again: the vendor's client starts a second copy when an answer is lost."""
    with place(script=[{"cloud": "volcengine", "action": "CopyImage", "nth": 1, "fault": "lost_after"}]) as here:
        client = volcengine(KEYS["volcengine"], "cn-beijing", here.server.url.split("//")[1])
        params = dict(COPY["volcengine"])
        call(client, "volcengine", params.pop("operation"), params)
        assert [len(lane["images"]) for lane in here.copies()] == [2]


@pytest.mark.parametrize("method", ["HmacSHA1", "HmacSHA256"])
@pytest.mark.parametrize("verb", ["POST", "GET"])
def test_older_signatures_of_tencents_client_are_refused_by_name(method: str, verb: str) -> None:
    from tencentcloud.common.credential import Credential
    from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
    from tencentcloud.common.profile.client_profile import ClientProfile
    from tencentcloud.common.profile.http_profile import HttpProfile
    from tencentcloud.cvm.v20170312 import cvm_client, models

    with imgferry.sim.Server(SCENARIO) as server:
        http = HttpProfile(endpoint=server.url[len("http://") :], protocol="http", reqMethod=verb)
        client = cvm_client.CvmClient(Credential(*KEYS["tencent"][:2]), HOME["tencent"], ClientProfile(signMethod=method, httpProfile=http))
        with pytest.raises(TencentCloudSDKException, match=method) as refused:
            client.DescribeImages(models.DescribeImagesRequest())
        assert refused.value.code == "UnsupportedOperation"
