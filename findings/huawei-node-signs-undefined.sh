#!/usr/bin/env bash
# Huawei Cloud's Node SDK signs the word "undefined".
#
# Installs  @huaweicloud/huaweicloud-sdk-core 3.1.211 and uuid 11.1.0 (which it needs and does not name), into a temporary folder.
# Guess     a query parameter that is undefined or null is left out, or sent empty; in any case signed as it is sent.
# Seen      `marker: undefined` goes out as `marker=` and is signed as `marker=undefined`, null as `marker=null`. The first page
#           of a listing, `{ limit, marker: previous?.marker }`, is refused as a wrong signature; the second, with a marker,
#           is not. Zero and false are right.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
changed() { echo "no longer so: $*"; exit 1; }

echo '{}' > package.json
npm install --silent --no-audit --no-fund @huaweicloud/huaweicloud-sdk-core@3.1.211 uuid@11.1.0
cat > client.cjs <<'JS'
const { createHash, createHmac } = require("node:crypto")
const http = require("node:http")
const { BasicCredentials } = require("@huaweicloud/huaweicloud-sdk-core")
const { ClientBuilder } = require("@huaweicloud/huaweicloud-sdk-core/ClientBuilder")

/** Whether the signature of a GET fits a query. */
function fits({ headers }, path, query, body) {
  const names = headers.authorization.match(/SignedHeaders=([^,]*)/)[1].split(";")
  const hash = text => createHash("sha256").update(text).digest("hex")
  const canonical = ["GET", path + "/", query, ...names.map(name => `${name}:${headers[name]}`), "", names.join(";"), hash(body)].join("\n")
  const text = ["SDK-HMAC-SHA256", headers["x-sdk-date"], hash(canonical)].join("\n")
  return headers.authorization.endsWith("Signature=" + createHmac("sha256", "EXAMPLE").update(text).digest("hex"))
}

const seen = []
const server = http.createServer(async (request, response) => {
  const body = (await request.setEncoding("utf8").toArray()).join("")
  const [path, query] = request.url.split("?")
  const sorted = query.split("&").sort().join("&")
  const word = ["undefined", "null"].find(word => fits(request, path, sorted.replace("marker=", "marker=" + word), body))
  seen.push(`${query} ${fits(request, path, sorted, body) ? "as sent" : `as marker=${word}`}`)
  response.setHeader("Content-Type", "application/json")
  response.end('{"images":[]}')
}).listen(0, "127.0.0.1", async () => {
  const client = new ClientBuilder(client => client, "BasicCredentials")
    .withCredential(new BasicCredentials().withAk("HWAKEXAMPLE").withSk("EXAMPLE").withProjectId("project"))
    .withEndpoint(`http://127.0.0.1:${server.address().port}`).build()
  for (const queryParams of [{ limit: 0, protected: false }, { limit: 1, marker: "a" }, { limit: 1, marker: undefined }, { limit: 1, marker: null }]) {
    await client.sendRequest({ method: "GET", url: "/v2/cloudimages", contentType: "application/json", queryParams, pathParams: {}, headers: {}, data: {} })
    console.log(seen.at(-1))
  }
  server.close()
  const expected = ["limit=0&protected=false as sent", "limit=1&marker=a as sent", "limit=1&marker= as marker=undefined", "limit=1&marker= as marker=null"]
  if (seen.join() !== expected.join()) process.exitCode = 1
})
JS
node client.cjs || changed "undefined is signed in another way"
