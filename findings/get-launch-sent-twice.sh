#!/usr/bin/env bash
# aiohttp, Bun and workerd repeat a GET, and some launches are GETs.
#
# Installs  aiohttp 3.14.5, bun 1.4.5 and workerd 1.20261117.1, into a temporary folder.
# Guess     a client without retries sends a request once and raises when the connection breaks; so does Node's fetch.
# Seen      the server reads the request on a connection kept from an earlier one and closes without an answer. These three
#           send it again on another connection if it is a GET, and report one failure. Requests on the wire:
#             aiohttp 2, bun 2, workerd 2, node 1; with POST all of them 1
#           aiohttp does so even on the first connection of a session, where nothing can be stale.
#           HTTP allows it, but CopyImage of Volcengine, as its documentation and SDKs send it, is a GET that makes an
#           image, with no token that would make the second one harmless.
# Avoid     Bun: `keepalive: false` on the launch. aiohttp: force_close=True does not help, only the private
#           `session._retry_connection = False` does; or another client.
set -euo pipefail
dir=$(mktemp -d)
trap 'kill "${server:-}" "${edge:-}" 2>/dev/null || true; rm -rf "$dir"' EXIT
cd "$dir"
changed() { echo "no longer so: $*"; exit 1; }

python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check aiohttp==3.14.5
echo '{}' > package.json
npm install --silent --no-audit --no-fund bun@1.4.5 workerd@1.20261117.1

# Closes on a launch that it has read, answers all else. /count tells how many launches were read since the last time.
cat > server.py <<'PY'
import http.server

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    launches = 0

    def do_GET(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/launch":
            Handler.launches += 1
            self.close_connection = True
            return
        body = str(Handler.launches).encode()
        if self.path == "/count":
            Handler.launches = 0
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *_):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
PY
cat > client.py <<'PY'
import asyncio, sys, aiohttp
url = sys.argv[1]

async def launch(name, method, body=None, kept=True, connector=None, retry=True):
    async with aiohttp.ClientSession(connector=connector) as session:
        session._retry_connection = retry
        if kept:
            async with session.get(url + "/look") as answer:
                await answer.read()
        try:
            await session.request(method, url + "/launch", data=body)
            raise SystemExit("an answer")
        except aiohttp.ServerDisconnectedError as error:
            async with session.get(url + "/count") as answer:
                print(name, method, await answer.text(), repr(error))

async def main():
    await launch("aiohttp", "GET")
    await launch("aiohttp", "POST", "{}")
    await launch("aiohttp/fresh", "GET", kept=False)
    await launch("aiohttp/force_close", "GET", connector=aiohttp.TCPConnector(force_close=True))
    await launch("aiohttp/_retry_connection", "GET", retry=False)

asyncio.run(main())
PY
cat > launch.mjs <<'JS'
export async function launch(name, url) {
  const lines = []
  for (const [method, body] of [["GET"], ["POST", "{}"]]) {
    await (await fetch(url + "/look")).text()
    const error = await fetch(url + "/launch", { method, body }).catch(error => error)
    lines.push(`${name} ${method} ${await (await fetch(url + "/count")).text()} ${String(error).slice(0, 60)}`)
  }
  return lines.join("\n")
}
JS
cat > client.mjs <<'JS'
import { launch } from "./launch.mjs"
console.log(await launch(process.versions.bun ? "bun" : "node", process.argv[2]))
JS

timeout 100 python3 server.py > port & server=$!
until [ -s port ]; do sleep 0.1; done
url=http://127.0.0.1:$(cat port)
cat > worker.mjs <<JS
import { launch } from "./launch.mjs"
export default { fetch: async () => new Response(await launch("workerd", "$url")) }
JS
cat > edge.capnp <<'CAPNP'
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .worker), (name = "out", network = (allow = ["local"]))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [(name = "worker.mjs", esModule = embed "worker.mjs"), (name = "launch.mjs", esModule = embed "launch.mjs")],
  compatibilityDate = "2026-11-01",
  globalOutbound = "out",
);
CAPNP
timeout 100 node_modules/.bin/workerd serve --control-fd=3 edge.capnp 3> edge-port & edge=$!
until grep -qs port edge-port; do sleep 0.1; done

{ venv/bin/python client.py "$url"
  node client.mjs "$url"
  node_modules/.bin/bun client.mjs "$url"
  curl -s "http://127.0.0.1:$(sed -n 's/.*"port":\([0-9]*\).*/\1/p' edge-port)"; echo; } | tee seen
[ "$(cut -d' ' -f1-3 seen | paste -sd,)" = "aiohttp GET 2,aiohttp POST 1,aiohttp/fresh GET 2,aiohttp/force_close GET 2,aiohttp/_retry_connection GET 1,node GET 1,node POST 1,bun GET 2,bun POST 1,workerd GET 2,workerd POST 1" ] ||
  changed "other clients repeat a request, or these do not"
