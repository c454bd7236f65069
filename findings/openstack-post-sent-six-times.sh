#!/usr/bin/env bash
# openstacksdk's image proxy sends a POST six times when the answer is 503.
#
# Installs  openstacksdk 4.22.0, into a temporary folder.
# Guess     keystoneauth repeats nothing unless `status_code_retries` is given, and a POST is not repeated at all.
# Seen      through `conn.image` a POST that is answered with 503 goes out six times within 16 s (0.5, 1, 2, 4, 8 s apart),
#           through `conn.compute` and a bare keystoneauth session once; 500, 502 and 504 once everywhere. Nothing was
#           configured. On a cloud with an image service of this shape, calls that its SDK lacks (cross_region_copy of Huawei
#           Cloud) are sent as `conn.image.post(…)`, and a gateway's 503 does not say that nothing was launched.
# Avoid     `status_code_retries=0` in the call.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
changed() { echo "no longer so: $*"; exit 1; }

python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check openstacksdk==4.22.0
cat > client.py <<'PY'
import http.server, json, threading
import openstack
from keystoneauth1 import session
from keystoneauth1.noauth import NoAuth

posts = []
status = 503

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        link = [{"rel": "self", "href": f"http://{self.headers['Host']}/v2/"}]
        self.answer(200, {"versions": [{"id": "v2.9", "status": "CURRENT", "links": link}]})

    def do_POST(self):
        posts.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.answer(status, {})

    def answer(self, code, value):
        body = json.dumps(value).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_address[1]}/v2/"
cloud = openstack.connection.Connection(
    auth_type="none", endpoint=url, image_endpoint_override=url, compute_endpoint_override=url)
path = "cloudimages/465076de-dc36-4aec-80f5-ef9d8009428f/cross_region_copy"

def count(call):
    posts.clear()
    call()
    return len(posts)

seen = {
    "image, 503": count(lambda: cloud.image.post(path, json={})),
    "image, 503, status_code_retries=0": count(lambda: cloud.image.post(path, json={}, status_code_retries=0)),
    "compute, 503": count(lambda: cloud.compute.post(path, json={}, microversion=None)),
    "keystoneauth, 503": count(lambda: session.Session(NoAuth()).post(url + path, json={}, raise_exc=False)),
}
for status in 500, 502, 504:
    seen[f"image, {status}"] = count(lambda: cloud.image.post(path, json={}))
for name, times in seen.items():
    print(f"{name}: {times}")
assert list(seen.values()) == [6, 1, 1, 1, 1, 1, 1], seen
PY
venv/bin/python -W ignore client.py 2> log || { cat log; changed "the image proxy repeats a POST in another way"; }
