#!/usr/bin/env bash
# Which value is too large for a Durable Object depends on how the local runtime was started.
#
# Installs  workerd 1.20261117.1, into a temporary folder.
# Guess     the runtime is the platform's own, so a journal that is stored in a local test is stored in production: a class
#           with the SQLite back end has the documented 2 MB a value, whatever keeps the bytes.
# Seen      one class, with enableSql, two kinds of storage:
#                        200 KiB               3 MiB                 129 keys in one put
#             inMemory   "larger than 131072"  "larger than 131072"  stored
#             localDisk  stored                stored                stored
#           In memory it has the limit of the older back end (and `storage.sql` throws); on disk it has none below SQLite's
#           own. Neither refuses what the platform documents as too large, the 2 MB and the 128 keys.
# Avoid     cut what is stored by the documented limits, and test the cutting, not the runtime.
set -euo pipefail
dir=$(mktemp -d)
trap 'kill "${edge:-}" 2>/dev/null || true; rm -rf "$dir"' EXIT
cd "$dir"
changed() { echo "no longer so: $*"; exit 1; }

echo '{}' > package.json
npm install --silent --no-audit --no-fund workerd@1.20261117.1
cat > worker.mjs <<'JS'
import { DurableObject } from "cloudflare:workers"
export class Store extends DurableObject {
  async fetch() {
    const { storage } = this.ctx
    const tried = async (name, work) => `${name}: ${await work().catch(error => error.message.slice(0, 40))}\n`
    const value = length => tried(`${length} bytes`, async () => {
      await storage.put("value", "x".repeat(length))
      return (await storage.get("value")).length === length ? "stored" : "cut"
    })
    const keys = count => tried(`${count} keys`, async () => {
      await storage.put(Object.fromEntries(Array.from({ length: count }, (_, i) => ["many" + i, i])))
      return (await storage.list({ prefix: "many" })).size === count ? "stored" : "cut"
    })
    return new Response(await value(100 << 10) + await value(200 << 10) + await value(3 << 20) + await keys(129))
  }
}
export default { fetch: (request, { STORE }) => STORE.get(STORE.idFromName("")).fetch(request) }
JS
mkdir disk
for storage in 'inMemory = void' 'localDisk = "disk"'; do
  cat > edge.capnp <<CAPNP
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .worker), (name = "disk", disk = (path = "disk", writable = true))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [(name = "worker.mjs", esModule = embed "worker.mjs")],
  compatibilityDate = "2026-11-01",
  durableObjectNamespaces = [(className = "Store", uniqueKey = "store", enableSql = true)],
  durableObjectStorage = ($storage),
  bindings = [(name = "STORE", durableObjectNamespace = "Store")],
);
CAPNP
  rm -f port
  timeout 100 node_modules/.bin/workerd serve --control-fd=3 edge.capnp 3> port & edge=$!
  until grep -qs port port; do sleep 0.1; done
  echo "$storage"
  curl -s "http://127.0.0.1:$(sed -n 's/.*"port":\([0-9]*\).*/\1/p' port)" | tee "seen-${storage%% *}"
  kill "$edge"
  wait "$edge" || true
done
refused='Values cannot be larger than 131072 byte'
printf '102400 bytes: stored\n204800 bytes: %s\n3145728 bytes: %s\n129 keys: stored\n' "$refused" "$refused" | cmp -s - seen-inMemory ||
  changed "in memory there are other limits"
printf '102400 bytes: stored\n204800 bytes: stored\n3145728 bytes: stored\n129 keys: stored\n' | cmp -s - seen-localDisk ||
  changed "on disk there are other limits"
