#!/usr/bin/env bash
# urllib3 and requests say "Unable to connect to proxy" of a request that the proxy has passed on.
#
# Installs  urllib3 2.8.0, requests 2.34.2 and httpx 0.28.1, into a temporary folder.
# Guess     ProxyError ("Unable to connect to proxy") means that no connection stood, so that nothing left and the call may be
#           made again without harm.
# Seen      a proxy takes a POST, passes it on, and closes without an answer. urllib3 2.8.0 raises ProxyError("Unable to connect
#           to proxy", RemoteDisconnected(...)), requests 2.34.2 its own ProxyError; without a proxy the same loss is a
#           ProtocolError and a ConnectionError. The server has one request more each time. httpx tells a loss in both cases.
#           Whoever retries upon ProxyError sends a launch twice.
# Avoid     ask where it was raised: with `getresponse` among its frames the request had left.
set -euo pipefail
dir=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$dir"' EXIT
cd "$dir"
changed() { echo "no longer so: $*"; exit 1; }

python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check urllib3==2.8.0 requests==2.34.2 httpx==0.28.1

# A proxy and the server behind it in one: counts what it was given, and closes without an answer. /count tells.
cat > server.py <<'PY'
import http.server

class Handler(http.server.BaseHTTPRequestHandler):
    given = 0

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        Handler.given += 1

    def do_GET(self):
        body = str(Handler.given).encode()
        Handler.given = 0
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
PY
cat > client.py <<'PY'
import sys, urllib.request, httpx, requests, urllib3

here = sys.argv[1]
through = {"http": here}
calls = {
    "urllib3": lambda: urllib3.PoolManager().request("POST", here + "/launch", body=b"{}", retries=False),
    "urllib3 by proxy": lambda: urllib3.ProxyManager(here).request("POST", "http://cloud.example/launch", body=b"{}", retries=False),
    "requests": lambda: requests.post(here + "/launch", data=b"{}"),
    "requests by proxy": lambda: requests.post("http://cloud.example/launch", data=b"{}", proxies=through),
    "httpx by proxy": lambda: httpx.Client(proxy=here).post("http://cloud.example/launch", content=b"{}"),
}
for name, call in calls.items():
    try:
        call()
        raise SystemExit("an answer")
    except Exception as error:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(here + "/count") as told:
            count = told.read().decode()
        print(f"{name}: {count} arrived, {type(error).__name__}: {str(error)[:70]}")
PY

timeout 60 python3 server.py > port & server=$!
until [ -s port ]; do sleep 0.1; done
timeout 40 venv/bin/python client.py "http://127.0.0.1:$(cat port)" | tee seen
[ "$(sed 's/Error: .*/Error/' seen | paste -sd';')" = "urllib3: 1 arrived, ProtocolError;urllib3 by proxy: 1 arrived, ProxyError;requests: 1 arrived, ConnectionError;requests by proxy: 1 arrived, ProxyError;httpx by proxy: 1 arrived, RemoteProtocolError" ] ||
  changed "a lost answer behind a proxy is told otherwise"
