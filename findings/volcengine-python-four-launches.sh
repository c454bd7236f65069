#!/usr/bin/env bash
# Volcengine's Python SDK makes up to four images of one copy_image.
#
# Installs  volcenginesdk-ecs and volcenginesdk-core 5.0.54, into a temporary folder.
# Guess     an SDK repeats reads, or calls with a ClientToken; CopyImage has none and makes an image at each call, so it is sent
#           once unless the caller asks for retries.
# Seen      with the configuration as it comes, CopyImage leaves four times, newly signed, within some seconds: on HTTP 500, 502,
#           503, 504 or 429, and when the answer does not come in time. A gateway's 504 is said after the service has begun.
#           The caller sees one ApiException. The header X-Sdk-Request counts ("attempt=4; max=4"), the cloud does not look.
# Avoid     `configuration.auto_retry = False`, and look in the destination before trying again.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
changed() { echo "no longer so: $*"; exit 1; }

python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check volcenginesdk-ecs==5.0.54 volcenginesdk-core==5.0.54
cat > client.py <<'PY'
import http.server, json, threading, time
from urllib.parse import parse_qs, urlsplit
import volcenginesdkcore
from volcenginesdkcore.rest import ApiException
from volcenginesdkecs import CopyImageRequest, ECSApi

launches = []
status = 504

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        launches.append((parse_qs(urlsplit(self.path).query)["Action"][0], self.headers["X-Sdk-Request"]))
        if status is None:
            time.sleep(2)
        body = json.dumps({"ResponseMetadata": {"RequestId": "r", "Error": {"Code": "X", "Message": "x"}}}).encode()
        try:
            self.send_response(status or 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except BrokenPipeError:
            pass

    def log_message(self, *_):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()

def copy(**changes):
    launches.clear()
    configuration = volcenginesdkcore.Configuration()
    configuration.ak, configuration.sk, configuration.region = "AKLTEXAMPLE", "EXAMPLE", "cn-beijing"
    configuration.scheme, configuration.host = "http", f"127.0.0.1:{server.server_address[1]}"
    for name, value in changes.items():
        setattr(configuration, name, value)
    request = CopyImageRequest(image_id="image-golden", destination_region="cn-shanghai", image_name="golden")
    try:
        ECSApi(volcenginesdkcore.ApiClient(configuration)).copy_image(request)
        raise SystemExit("an answer")
    except ApiException as error:
        return len(launches), error.status
    except Exception as error:
        return len(launches), type(error).__name__

seen = {"504": copy()}
print("504:", *seen["504"], launches)
assert {action for action, _ in launches} == {"CopyImage"}
seen["504, auto_retry False"] = copy(auto_retry=False)
status = None
seen["no answer in 1 s"] = copy(read_timeout=1)
for name, what in seen.items():
    print(f"{name}: {what[0]} launches, the caller got {what[1]}")
assert [launches for launches, _ in seen.values()] == [4, 1, 4], seen
PY
venv/bin/python client.py || changed "copy_image is repeated in another way"
