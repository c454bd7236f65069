#!/usr/bin/env bash
# urllib3, requests and http.client take 103 Early Hints for the answer, and the answer for that of the next request.
#
# Installs  urllib3 2.8.0, requests 2.34.2 and httpx 0.28.1, into a temporary folder.
# Guess     a client passes over an interim answer (1xx), as it does over 100 Continue: RFC 9110 wants it of every client.
# Seen      a gateway answers 103 with a link, and half a second later 200. urllib3 2.8.0 and requests 2.34.2 give status 103 and
#           an empty body, without an error, and put the connection back into their pool: a call made before the 200 arrives
#           gets that of the call before it. http.client, on which both stand, skips 100 alone. httpx gives 200, each to its own.
#           A launch so told of has no id, and the look for it is answered by something else.
# Avoid     a client that reads on (httpx, aiohttp); else take a status below 200 for a lost answer, and close the connection.
set -euo pipefail
dir=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$dir"' EXIT
cd "$dir"
changed() { echo "no longer so: $*"; exit 1; }

python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check urllib3==2.8.0 requests==2.34.2 httpx==0.28.1

# Answers each request by 103, and half a second later by 200 with the path of the request.
cat > server.py <<'PY'
import socketserver, time

class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        while line := self.rfile.readline():
            path = line.split()[1]
            while self.rfile.readline() not in (b"\r\n", b""):
                pass
            self.wfile.write(b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n")
            time.sleep(0.5)
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(path), path))

socketserver.ThreadingTCPServer.daemon_threads = True
socketserver.ThreadingTCPServer.handle_error = lambda *_: None
server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
PY
cat > client.py <<'PY'
import sys, httpx, requests, urllib3

url = sys.argv[1]
pool, session, client = urllib3.PoolManager(), requests.Session(), httpx.Client()
calls = {
    "urllib3": lambda path: (answer := pool.request("GET", url + path, retries=False), answer.status, answer.data.decode())[1:],
    "requests": lambda path: (answer := session.get(url + path), answer.status_code, answer.text)[1:],
    "httpx": lambda path: (answer := client.get(url + path), answer.status_code, answer.text)[1:],
}
for name, call in calls.items():
    told = []
    for path in ("/launch", "/look"):
        told.append("%s -> %s %s" % (path, *call(path)))
    print(f"{name}: {'; '.join(told)}")
PY

timeout 60 python3 server.py > port & server=$!
until [ -s port ]; do sleep 0.1; done
timeout 40 venv/bin/python client.py "http://127.0.0.1:$(cat port)" | tee seen
for name in urllib3 requests; do
  grep -qx "$name: /launch -> 103 ; /look -> 200 /launch" seen || changed "$name reads an interim answer otherwise"
done
grep -qx "httpx: /launch -> 200 /launch; /look -> 200 /look" seen || changed "httpx reads an interim answer otherwise"
