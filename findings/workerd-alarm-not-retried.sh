#!/usr/bin/env bash
# A Durable Object's alarm that fails is tried again, unless it has already set the next one.
#
# Installs  workerd 1.20261117.1, into a temporary folder.
# Guess     an alarm runs at least once to its end: the platform repeats a handler that throws, after 2 s, then 4 s.
# Seen      so it does, but a handler that sets its next alarm first and throws afterwards is not repeated: its turn is lost
#           without a word, and the next one comes when the new alarm says, here after an hour. What it wrote before it
#           threw stays written. In the handler `getAlarm()` is null, so it looks as if nothing would be lost by setting one.
#             throws:            runs 3 (retryCount 0, 1, 2), until it no longer throws
#             sets, then throws: runs 1
# Avoid     set the next alarm last.
set -euo pipefail
dir=$(mktemp -d)
trap 'kill "${edge:-}" 2>/dev/null || true; rm -rf "$dir"' EXIT
cd "$dir"
changed() { echo "no longer so: $*"; exit 1; }

echo '{}' > package.json
npm install --silent --no-audit --no-fund workerd@1.20261117.1
cat > worker.mjs <<'JS'
import { DurableObject } from "cloudflare:workers"
export class Turns extends DurableObject {
  async fetch(request) {
    const { storage } = this.ctx
    const what = new URL(request.url).pathname.slice(1)
    if (what === "runs") return Response.json(await storage.get("runs"))
    await storage.put({ what, runs: [] })
    await storage.setAlarm(Date.now())
    return new Response("set")
  }
  async alarm(info) {
    const { storage } = this.ctx
    const runs = await storage.get("runs")
    runs.push({ retryCount: info.retryCount, getAlarm: await storage.getAlarm() })
    await storage.put("runs", runs)
    if (await storage.get("what") === "set-and-throw") await storage.setAlarm(Date.now() + 3_600_000)
    if (runs.length < 3) throw new Error("a turn that fails")
  }
}
export default { fetch: (request, { TURNS }) => TURNS.get(TURNS.idFromName(new URL(request.url).search)).fetch(request) }
JS
cat > edge.capnp <<'CAPNP'
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .worker), (name = "disk", disk = (path = "store", writable = true))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [(name = "worker.mjs", esModule = embed "worker.mjs")],
  compatibilityDate = "2026-11-01",
  durableObjectNamespaces = [(className = "Turns", uniqueKey = "turns", enableSql = true)],
  durableObjectStorage = (localDisk = "disk"),
  bindings = [(name = "TURNS", durableObjectNamespace = "Turns")],
);
CAPNP
mkdir store
timeout 100 node_modules/.bin/workerd serve --control-fd=3 edge.capnp 3> port 2> log & edge=$!
until grep -qs port port; do sleep 0.1; done
url=http://127.0.0.1:$(sed -n 's/.*"port":\([0-9]*\).*/\1/p' port)
curl -s "$url/throw?a" > /dev/null
curl -s "$url/set-and-throw?b" > /dev/null
sleep 12
echo "throws:            $(curl -s "$url/runs?a")"
echo "sets, then throws: $(curl -s "$url/runs?b")"
[ "$(curl -s "$url/runs?a")" = '[{"retryCount":0,"getAlarm":null},{"retryCount":1,"getAlarm":null},{"retryCount":2,"getAlarm":null}]' ] ||
  changed "a handler that throws is not repeated"
[ "$(curl -s "$url/runs?b")" = '[{"retryCount":0,"getAlarm":null}]' ] || changed "a handler that sets the next alarm and throws is repeated"
