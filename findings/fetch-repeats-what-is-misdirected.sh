#!/usr/bin/env bash
# undici's fetch, which is Node's, sends a POST again when it is answered 421.
#
# Installs  undici 7.16.0, into a temporary folder.
# Guess     what got an answer is not repeated: a launch whose answer is an error of any kind left once, and the program decides.
# Seen      a gateway answers 421 Misdirected Request to a request on any connection, a new one too. fetch sends the same
#           request once more, POST and GET alike, whenever the body is a string or none, and gives the second answer; nothing
#           tells of the first. Requests on the wire for one call:
#             fetch 2 (GET), 2 (POST with a string), 1 (POST with a stream); undici.request 1
#           The standard of fetch wants it so ("HTTP-network-or-cache fetch"), for servers of HTTP/2 that serve many names.
#           By HTTP a 421 was not carried out; a gateway that answers it for its backend has promised nothing.
# Avoid     `undici.request`, a body that is a stream, or a `dispatcher` that lets one call of dispatch through.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
changed() { echo "no longer so: $*"; exit 1; }

echo '{}' > package.json
npm install --silent --no-audit --no-fund undici@7.16.0

cat > try.mjs <<'JS'
import { createServer } from "node:http"
import { fetch, request } from "undici"

let arrived = 0
const server = createServer((asked, answer) => {
  arrived++
  asked.resume().on("end", () => answer.writeHead(421).end("elsewhere"))
}).listen(0, "127.0.0.1", async () => {
  const url = `http://127.0.0.1:${server.address().port}/`
  const stream = () => new Blob(["{}"]).stream()
  const calls = {
    "fetch GET": () => fetch(url),
    "fetch POST": () => fetch(url, { method: "POST", body: "{}" }),
    "fetch POST stream": () => fetch(url, { method: "POST", body: stream(), duplex: "half" }),
    "request POST": () => request(url, { method: "POST", body: "{}" }),
  }
  for (const [name, call] of Object.entries(calls)) {
    arrived = 0
    const answer = await call()
    console.log(`${name}: ${arrived} sent, ${answer.status ?? answer.statusCode}`)
    await (answer.text?.() ?? answer.body.text())
  }
  server.close().closeAllConnections()
})
JS
timeout 60 node try.mjs | tee seen
[ "$(paste -sd, seen)" = "fetch GET: 2 sent, 421,fetch POST: 2 sent, 421,fetch POST stream: 1 sent, 421,request POST: 1 sent, 421" ] ||
  changed "what is answered 421 is sent otherwise"
