#!/usr/bin/env bash
# Huawei Cloud's Python SDK signs its User-Agent, and puts an id of the machine's user into it.
#
# Installs  huaweicloudsdkims 3.1.219, huaweicloudsdkcore 3.1.219, into a temporary folder.
# Guess     User-Agent is nobody's business: a gateway, proxy or tracer on the way may change it, and two programs of one
#           version send the same.
# Seen      SignedHeaders has user-agent, so whatever rewrites it breaks every signature of this SDK, while a request
#           of one's own, which signs less, passes. The value ends with app/<uuid>, made at the first use and kept in
#           ~/.huaweicloud/application_id: a new user, container or home folder signs another header, so recorded
#           requests and their signatures cannot be compared.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
changed() { echo "no longer so: $*"; exit 1; }

python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check huaweicloudsdkims==3.1.219 huaweicloudsdkcore==3.1.219
cat > client.py <<'PY'
import http.server, re, threading
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkims.v2 import ImsClient, ListImagesRequest

seen = {}

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        seen.update(self.headers.items())
        body = b'{"images":[]}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
client = ImsClient.new_builder().with_credentials(BasicCredentials("HWAKEXAMPLE", "EXAMPLE", "project"))\
    .with_endpoint(f"http://127.0.0.1:{server.server_address[1]}").build()
client.list_images(ListImagesRequest())
print(re.search("SignedHeaders=[^,]*", seen["Authorization"])[0])
print(re.search("app/.*", seen["User-Agent"])[0])
PY
for home in first second first; do
  mkdir -p "$home"
  HOME=$dir/$home venv/bin/python client.py | tee "$home.$(find . -name "$home.*" | wc -l)"
done
grep -q 'SignedHeaders=content-type;host;user-agent;x-project-id;x-sdk-date' first.0 || changed "user-agent is not signed"
cmp -s first.0 first.1 || changed "one home folder has two ids"
! cmp -s first.0 second.0 || changed "two home folders have one id"
[ "app/$(cat first/.huaweicloud/application_id)" = "$(tail -1 first.0)" ] || changed "the id stands elsewhere"
