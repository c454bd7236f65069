#!/usr/bin/env bash
# At the top of a worker's module it is 1970.
#
# Installs  workerd 1.20261117.1, into a temporary folder.
# Guess     a signer, a deadline or a credential's age set up once, at the top of the module, has today's date, as in Node.
# Seen      `Date.now()` is 0 there, with no error: 1970-01-01T00:00:00.000Z. Inside a request it is the time. A request
#           that is signed with a date taken at the top is refused as expired, by every cloud, and only on the edge.
set -euo pipefail
dir=$(mktemp -d)
trap 'kill "${edge:-}" 2>/dev/null || true; rm -rf "$dir"' EXIT
cd "$dir"
changed() { echo "no longer so: $*"; exit 1; }

echo '{}' > package.json
npm install --silent --no-audit --no-fund workerd@1.20261117.1
cat > worker.mjs <<'JS'
const top = new Date()
export default { fetch: () => Response.json({ top: top.toISOString(), request: new Date().toISOString() }) }
JS
cat > edge.capnp <<'CAPNP'
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (modules = [(name = "worker.mjs", esModule = embed "worker.mjs")], compatibilityDate = "2026-11-01"))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
CAPNP
timeout 100 node_modules/.bin/workerd serve --control-fd=3 edge.capnp 3> port & edge=$!
until grep -qs port port; do sleep 0.1; done
seen=$(curl -s "http://127.0.0.1:$(sed -n 's/.*"port":\([0-9]*\).*/\1/p' port)")
echo "$seen, and by the shell's clock $(date -u +%F)"
case $seen in
  '{"top":"1970-01-01T00:00:00.000Z","request":"'"$(date -u +%Y)"*) ;;
  *) changed "the module knows the time, or a request does not" ;;
esac
