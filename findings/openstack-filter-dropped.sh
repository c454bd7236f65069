#!/usr/bin/env bash
# openstacksdk lists all images when it does not know the filter.
#
# Installs  openstacksdk 4.22.0, into a temporary folder.
# Guess     `conn.image.images(**query)` sends every filter to the service, or says that it does not know it.
# Seen      neither: a filter that is no attribute of its own Image is left out of the request, no image is compared with it
#           afterwards, and nothing is said: `__imagetype="private"`, which on Huawei Cloud tells the caller's own images from
#           the public ones, lists all of them. `size=5`, an attribute that the service cannot filter by, is left out as well,
#           but compared afterwards; `status="queued"` is sent. The three calls look alike. What deletes or copies "all of my
#           private images" works on everybody's.
# Avoid     filter by `image.properties["__imagetype"]` yourself; `properties` has all such fields, as texts.
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

asked = []
IMAGES = [{"id": f"image-{kind}", "name": kind, "status": "active", "visibility": "public", "size": 0, "tags": [],
           "__imagetype": kind, "__image_size": "449261568"} for kind in ("gold", "private")]

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path.startswith("/v2/images"):
            asked.append(self.path)
            value = {"images": IMAGES, "first": "/v2/images"}
        else:
            link = [{"rel": "self", "href": f"http://{self.headers['Host']}/v2/"}]
            value = {"versions": [{"id": "v2.9", "status": "CURRENT", "links": link}]}
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_address[1]}/v2/"
cloud = openstack.connection.Connection(auth_type="none", endpoint=url, image_endpoint_override=url)

seen = []
for query in ({"__imagetype": "private"}, {"no_such_field": "x"}, {"size": 5}, {"status": "queued"}):
    asked.clear()
    found = [image.id for image in cloud.image.images(**query)]
    seen.append((asked[0], found))
    print(query, "asks", asked[0], "gives", found)
both = ["image-gold", "image-private"]
assert seen == [("/v2/images", both), ("/v2/images", both), ("/v2/images", []), ("/v2/images?status=queued", both)], seen
image = next(cloud.image.images())
print(image.properties)
assert image.properties == {"__imagetype": "gold", "__image_size": "449261568"}
PY
venv/bin/python -W ignore client.py || changed "unknown filters are sent, refused or applied"
