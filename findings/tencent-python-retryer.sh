#!/usr/bin/env bash
# Tencent Cloud's Python SDK, told to retry, repeats what has succeeded and then raises.
#
# Installs  tencentcloud-sdk-python-cvm 3.1.178, tencentcloud-sdk-python-common 3.1.195, into a temporary folder.
# Guess     with `StandardRetryer(max_attempts=3)` a call that is throttled once and then accepted is sent twice and returns
#           the second answer.
# Seen      SyncImages, throttled, accepted, accepted: three requests leave, two copies are started, and the caller gets the
#           first answer's RequestLimitExceeded. The retryer keeps the first error and asks it again after each answer,
#           whatever that answer was. Throttled at every try, it looks right.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
changed() { echo "no longer so: $*"; exit 1; }

python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check tencentcloud-sdk-python-cvm==3.1.178 tencentcloud-sdk-python-common==3.1.195
cat > client.py <<'PY'
import http.server, json, threading
from tencentcloud.common.credential import Credential
from tencentcloud.common.exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.common.retry import StandardRetryer
from tencentcloud.cvm.v20170312.cvm_client import CvmClient
from tencentcloud.cvm.v20170312.models import SyncImagesRequest

answers = []

class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        if not answers:
            answer = {"Error": {"Code": "RequestLimitExceeded", "Message": "too many"}}
        else:
            answer = {"ImageSet": [{"ImageId": f"img-{len(answers)}", "Region": "ap-shanghai"}]}
        answers.append(answer)
        body = json.dumps({"Response": {**answer, "RequestId": f"r-{len(answers)}"}}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
client = CvmClient(Credential("AKIDEXAMPLE", "EXAMPLE"), "ap-guangzhou", ClientProfile(
    httpProfile=HttpProfile(protocol="http", endpoint=f"127.0.0.1:{server.server_address[1]}"),
    retryer=StandardRetryer(max_attempts=3, backoff_fn=lambda attempt: 0)))
request = SyncImagesRequest()
request.ImageIds, request.DestinationRegions, request.ImageSetRequired = ["img-golden"], ["ap-shanghai"], True
try:
    outcome = client.SyncImages(request).to_json_string()
except TencentCloudSDKException as error:
    outcome = f"{error.code}, {error.requestId}"
accepted = sum("ImageSet" in answer for answer in answers)
print(f"{len(answers)} requests, {accepted} accepted, the caller got: {outcome}")
assert (len(answers), accepted, outcome) == (3, 2, "RequestLimitExceeded, r-1")
PY
venv/bin/python client.py || changed "the retryer stops at the first answer that was accepted"
