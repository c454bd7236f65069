#!/usr/bin/env bash
# In a Durable Object's SQL, true is false.
#
# Installs  workerd 1.20261117.1, into a temporary folder.
# Guess     a SQLite behind JavaScript takes booleans as 1 and 0, or refuses them; big integers come as BigInt, or at least
#           may go as one; a Date is refused or becomes a number.
# Seen      values are made text or floating point without a word:
#             true is bound as the text 'true', which is false in WHERE, as 'false' is
#             5 is bound as 5.0 (typeof real)
#             a Date is bound as its English text, in the local form
#             9007199254740993, an id that fits SQLite and JSON, is read as 9007199254740992; bound as BigInt it is a TypeError
#           A table of lanes with `WHERE done` finds none, whatever was stored.
set -euo pipefail
dir=$(mktemp -d)
trap 'kill "${edge:-}" 2>/dev/null || true; rm -rf "$dir"' EXIT
cd "$dir"
changed() { echo "no longer so: $*"; exit 1; }

echo '{}' > package.json
npm install --silent --no-audit --no-fund workerd@1.20261117.1
cat > worker.mjs <<'JS'
import { DurableObject } from "cloudflare:workers"
export class Lanes extends DurableObject {
  fetch() {
    const { sql } = this.ctx.storage
    const value = (query, ...bound) => {
      try { return String(Object.values(sql.exec(query, ...bound).one())[0]) } catch (error) { return error.name }
    }
    sql.exec("CREATE TABLE lane (name, done)")
    sql.exec("INSERT INTO lane VALUES ('a', ?), ('b', ?)", true, false)
    return new Response([
      `true:${value("SELECT typeof(done) || ' ' || done FROM lane WHERE name = 'a'")}`,
      `where done:${value("SELECT count(*) FROM lane WHERE done")}`,
      `where not done:${value("SELECT count(*) FROM lane WHERE NOT done")}`,
      `5:${value("SELECT typeof(?)", 5)}`,
      `date:${value("SELECT typeof(?1) || ' ' || substr(?1, 1, 15)", new Date(1767225600000))}`,
      `id:${value("SELECT 9007199254740993")}`,
      `bigint:${value("SELECT ?", 5n)}`,
    ].join("\n") + "\n")
  }
}
export default { fetch: (request, { LANES }) => LANES.get(LANES.idFromName("")).fetch(request) }
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
  durableObjectNamespaces = [(className = "Lanes", uniqueKey = "lanes", enableSql = true)],
  durableObjectStorage = (localDisk = "disk"),
  bindings = [(name = "LANES", durableObjectNamespace = "Lanes")],
);
CAPNP
mkdir store
timeout 100 node_modules/.bin/workerd serve --control-fd=3 edge.capnp 3> port & edge=$!
until grep -qs port port; do sleep 0.1; done
curl -s "http://127.0.0.1:$(sed -n 's/.*"port":\([0-9]*\).*/\1/p' port)" | tee seen
cat > expected <<'EOF'
true:text true
where done:0
where not done:2
5:real
date:text Thu Jan 01 2026
id:9007199254740992
bigint:TypeError
EOF
cmp -s seen expected || changed "values are bound or read in another way"
