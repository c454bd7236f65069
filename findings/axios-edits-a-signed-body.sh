#!/usr/bin/env bash
# axios edits a body that is already text.
#
# Installs  axios 1.21.1, into a temporary folder.
# Guess     an object is turned into JSON, a text is sent as it is: whoever signed the text's hash may send the text.
# Seen      with a JSON content type axios parses the text to see whether it is JSON. If it is, the text loses the white space
#           at its ends; if not, it is turned into a JSON string. The empty text is not JSON:
#             '{"a": 1}\n'  ->  '{"a": 1}'     (a body read from a file ends so)
#             ''            ->  '""'           (an action without parameters)
#           The hash no longer fits the body, and the cloud says that the signature is wrong. Node's fetch sends both as
#           they are.
# Avoid     `transformRequest: [body => body]`, or a Buffer.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
changed() { echo "no longer so: $*"; exit 1; }

echo '{}' > package.json
npm install --silent --no-audit --no-fund axios@1.21.1
cat > client.mjs <<'JS'
import http from "node:http"
import axios from "axios"

const server = http.createServer((request, response) => request.setEncoding("utf8").toArray().then(parts => response.end(JSON.stringify({ body: parts.join("") }))))
await new Promise(listening => server.listen(0, "127.0.0.1", listening))
const url = `http://127.0.0.1:${server.address().port}/`
const headers = { "Content-Type": "application/json" }
const ways = {
  axios: data => axios.post(url, data, { headers }).then(answer => answer.data.body),
  "axios, Buffer": data => axios.post(url, Buffer.from(data), { headers }).then(answer => answer.data.body),
  "axios, no transform": data => axios.post(url, data, { headers, transformRequest: [body => body] }).then(answer => answer.data.body),
  fetch: body => fetch(url, { method: "POST", headers, body }).then(answer => answer.json()).then(answer => answer.body),
}
const seen = {}
for (const [way, send] of Object.entries(ways)) {
  seen[way] = [await send('{"a": 1}\n'), await send("")]
  console.log(way, JSON.stringify(seen[way]))
}
server.close()
server.closeAllConnections()
const unchanged = ['{"a": 1}\n', ""]
const expected = { axios: ['{"a": 1}', '""'], "axios, Buffer": unchanged, "axios, no transform": unchanged, fetch: unchanged }
if (JSON.stringify(seen) !== JSON.stringify(expected)) process.exit(1)
JS
node client.mjs || changed "axios sends texts in another way"
