#!/usr/bin/env bash
# libcurl and Deno send a POST a second time by themselves.
#
# Installs  pycurl 7.49.0 (libcurl 8.23.0) and deno 2.9.6, into a temporary folder.
# Guess     without retries asked for, a POST leaves once: RFC 9110 keeps clients from repeating by themselves what is not
#           idempotent, and curl's --retry and Deno's fetch have no retries unless asked.
# Seen      the server reads the POST on a connection kept from an earlier request and closes without an answer, as a
#           gateway does that is restarted in the middle of a call. Both clients open another connection, send the POST
#           again, and report one failure. Requests on the wire for one call:
#             pycurl 2, deno 2; requests 2.34.2, httpx 0.28.1 and Node's fetch 1
#           A launch without an idempotency token has run twice before the program hears of it.
# Avoid     libcurl: FRESH_CONNECT for launches. Deno: `Deno.createHttpClient({ poolMaxIdlePerHost: 0 })` as `client`.
set -euo pipefail
dir=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$dir"' EXIT
cd "$dir"
changed() { echo "no longer so: $*"; exit 1; }

python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check pycurl==7.49.0 requests==2.34.2 httpx==0.28.1
echo '{}' > package.json
npm install --silent --no-audit --no-fund deno@2.9.6

# Answers a GET; closes on a POST that it has read. GET /count tells how many were read since the last time.
cat > server.py <<'PY'
import http.server, sys

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    posts = 0

    def do_GET(self):
        body = str(Handler.posts).encode()
        if self.path == "/count":
            Handler.posts = 0
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        Handler.posts += 1
        self.close_connection = True

    def log_message(self, *_):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
PY
cat > clients.py <<'PY'
import sys, pycurl, requests, httpx
url = sys.argv[1]

def curl():
    handle = pycurl.Curl()
    handle.setopt(pycurl.WRITEFUNCTION, lambda _: None)
    handle.setopt(pycurl.URL, url)
    handle.perform()
    handle.setopt(pycurl.POSTFIELDS, "{}")
    handle.perform()

def requests_():
    with requests.Session() as session:
        session.get(url)
        session.post(url, data="{}")

def httpx_():
    with httpx.Client() as client:
        client.get(url)
        client.post(url, content="{}")

for name, call in (("pycurl", curl), ("requests", requests_), ("httpx", httpx_)):
    try:
        call()
        raise SystemExit(f"{name} got an answer")
    except (pycurl.error, requests.ConnectionError, httpx.HTTPError) as error:
        print(name, requests.get(url + "/count").text, repr(error)[:70], flush=True)
PY
cat > client.mjs <<'JS'
const [name, url] = globalThis.Deno ? ["deno", Deno.args[0]] : ["node", process.argv[2]]
await (await fetch(url)).text()
const error = await fetch(url, { method: "POST", body: "{}" }).catch(error => error)
console.log(name, await (await fetch(url + "/count")).text(), String(error).slice(0, 70))
JS

timeout 100 python3 server.py > port & server=$!
until [ -s port ]; do sleep 0.1; done
url=http://127.0.0.1:$(cat port)
{ venv/bin/python clients.py "$url"
  node client.mjs "$url"
  node_modules/.bin/deno run --quiet --allow-net client.mjs "$url"; } | tee seen
[ "$(cut -d' ' -f1,2 seen | paste -sd,)" = "pycurl 2,requests 1,httpx 1,node 1,deno 2" ] || changed "other clients repeat a POST, or these do not"
