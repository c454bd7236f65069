#!/usr/bin/env bash
# In the last second of each day (UTC) a signature has two dates.
#
# Installs  @tencent-sdk/capi 2.0.3, into a temporary folder.
# Guess     the timestamp is cut to whole seconds, so it and the date of the credential scope are of one moment.
# Seen      the timestamp is rounded up, the date is not. At 23:59:59.001Z: X-TC-Timestamp 1767312000, which is 2026-01-02T00:00:00Z,
#           and Credential=AKIDEXAMPLE/2026-01-01/cvm/tc3_request. TC3 computes the date from the timestamp, so the signature
#           is refused, at 08:00 in China, once in 86,400 calls: a poll every second meets it every day.
#           At 23:59:59.000Z the two fit.
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
const seen = []
const server = http.createServer((request, response) => {
  const scope = request.headers.authorization.match(/Credential=[^/]*\/([^/]*)/)[1]
  seen.push(`${new RealDate(request.headers["x-tc-timestamp"] * 1000).toISOString()} ${scope}`)
  response.setHeader("Content-Type", "application/json")
  response.end('{"Response":{"RequestId":"r"}}')
}).listen(0, "127.0.0.1", async () => {
  const host = `127.0.0.1:${server.address().port}`
  for (const moment of ["2026-01-01T23:59:59.000Z", "2026-01-01T23:59:59.001Z"]) {
    const now = RealDate.parse(moment)
    globalThis.Date = class extends RealDate {
      constructor(...given) { given.length ? super(...given) : super(now) }
      static now() { return now }
    }
    const client = new Capi({ region: "ap-guangzhou", secretId: "AKIDEXAMPLE", secretKey: "EXAMPLE", serviceType: "cvm", protocol: "http", host, isV3: true })
    await client.request({ Action: "DescribeImages", Version: "2017-03-12" }, { isV3: true })
    console.log(moment, "timestamp and scope:", seen.at(-1))
  }
  server.close()
  if (seen.join() !== "2026-01-01T23:59:59.000Z 2026-01-01,2026-01-02T00:00:00.000Z 2026-01-01") process.exit(1)
})
const RealDate = Date
JS
node client.cjs || changed "timestamp and scope are of one moment, or differ in another"
