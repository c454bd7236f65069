#!/usr/bin/env bash
# A region given for one call stays for all later ones.
#
# Installs  @tencent-sdk/capi 2.0.3, into a temporary folder.
# Guess     the options of `request(data, options)` count for that call, over those of the client.
# Seen      they are written into the client's own. A client for ap-guangzhou asks once in ap-shanghai, then again with no region:
#           X-TC-Region ap-guangzhou, ap-shanghai, ap-shanghai. Two calls at once on one client share one region. Whoever looks
#           in the destination and then acts in the source acts in the destination.
# Avoid     a client for each region.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
changed() { echo "no longer so: $*"; exit 1; }

echo '{}' > package.json
npm install --silent --no-audit --no-fund @tencent-sdk/capi@2.0.3
cat > client.cjs <<'JS'
const http = require("node:http")
const { Capi } = require("@tencent-sdk/capi")
const regions = []
const server = http.createServer((request, response) => {
  regions.push(request.headers["x-tc-region"])
  response.setHeader("Content-Type", "application/json")
  response.end('{"Response":{"RequestId":"r"}}')
}).listen(0, "127.0.0.1", async () => {
  const host = `127.0.0.1:${server.address().port}`
  const client = new Capi({ region: "ap-guangzhou", secretId: "AKIDEXAMPLE", secretKey: "EXAMPLE", serviceType: "cvm", protocol: "http", host, isV3: true })
  const data = { Action: "DescribeImages", Version: "2017-03-12" }
  await client.request(data, { isV3: true })
  await client.request(data, { isV3: true, region: "ap-shanghai" })
  await client.request(data, { isV3: true })
  console.log(regions.join(" "))
  server.close()
  if (regions.join(" ") !== "ap-guangzhou ap-shanghai ap-shanghai") process.exit(1)
})
JS
node client.cjs || changed "a call's options no longer stay"
