"""What a user writes; mypy --strict must accept it and infer what is asserted here."""

import imgferry
from imgferry.params import tencent

at = imgferry.At("ap-guangzhou")
params: tencent.SyncImages = {"ImageIds": ["img-12345678"], "DestinationRegions": ["ap-shanghai"]}
problems = imgferry.check("tencent", "SyncImages", params, at)
assert [problem["message"] for problem in problems] == []

call = imgferry.build("volcengine", "DescribeImages", {"ImageIds": ["image-1"]}, imgferry.At("cn-beijing"))
print(call.request.url, call.region, call.service)

reply = imgferry.read("tencent", "DescribeRegions", 200, {}, b'{"Response": {"RegionSet": [], "RequestId": "r"}}')
if reply["facts"]["type"] == "images":
    for image in reply["facts"]["items"]:
        print(image["id"], image["state"])

explanation = imgferry.explain("huawei", "IMG.0144")
print(explanation["cause"], explanation["next_zh"], imgferry.regions("huawei")[0]["class"])

# Wrong names are caught before anything runs.
imgferry.build("tencent", "SyncImage", params, at)  # type: ignore[call-overload]
imgferry.build("tencent", "SyncImages", {"ImageIds": "img-1"}, at)  # type: ignore[call-overload]
