#!/usr/bin/env bash
# With Tencent Cloud's Node SDK an endpoint of one's own changes what is signed.
#
# Installs  tencentcloud-sdk-nodejs-cvm 4.1.316 (tencentcloud-sdk-nodejs-common 4.1.220), into a temporary folder.
# Guess     the service in the credential scope is cvm, since it is the CVM client; the host that is signed is the one that is sent.
# Seen      the service is the first label of the endpoint, and the host is signed without its port but sent with it. For
#           127.0.0.1:PORT the scope says 2026-…/127/tc3_request, and the signature fits `host:127.0.0.1` while the header
#           says 127.0.0.1:PORT. Behind a gateway, a tunnel or a mock the cloud, or anybody who verifies by the documentation,
#           refuses each call. The Python SDK says cvm and signs the host with its port.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
changed() { echo "no longer so: $*"; exit 1; }

echo '{}' > package.json
npm install --silent --no-audit --no-fund tencentcloud-sdk-nodejs-cvm@4.1.316 tencentcloud-sdk-nodejs-common@4.1.220
cat > client.cjs <<'JS'
const { createHash, createHmac } = require("node:crypto")
const http = require("node:http")
const { cvm } = require("tencentcloud-sdk-nodejs-cvm")

const sha256 = text => createHash("sha256").update(text).digest("hex")
const hmac = (key, text) => createHmac("sha256", key).update(text).digest()

/** The TC3 signature of a POST, with a service and a host of our choice. */
function signature({ headers }, body, date, service, host) {
  const canonical = ["POST", "/", "", `content-type:${headers["content-type"]}`, `host:${host}`, "", "content-type;host", sha256(body)].join("\n")
  const text = ["TC3-HMAC-SHA256", headers["x-tc-timestamp"], `${date}/${service}/tc3_request`, sha256(canonical)].join("\n")
  return hmac(hmac(hmac(hmac("TC3EXAMPLE", date), service), "tc3_request"), text).toString("hex")
}

const server = http.createServer(async (request, response) => {
  const body = (await request.setEncoding("utf8").toArray()).join("")
  const [, date, service, sent] = request.headers.authorization.match(/Credential=AKIDEXAMPLE\/([^/]*)\/([^/]*)\/.*Signature=(\w+)/)
  const { host } = request.headers
  const fits = {}
  for (const [name, scope, signed] of [["documented", "cvm", host], ["cvm, no port", "cvm", "127.0.0.1"], ["127, no port", "127", "127.0.0.1"]]) {
    fits[name] = signature(request, body, date, scope, signed) === sent
  }
  console.log("host header", host, "service", service, fits)
  response.setHeader("Content-Type", "application/json")
  response.end('{"Response":{"ImageSet":[],"TotalCount":0,"RequestId":"r"}}')
  server.close()
  if (service !== "127" || JSON.stringify(fits) !== '{"documented":false,"cvm, no port":false,"127, no port":true}') process.exitCode = 1
}).listen(0, "127.0.0.1", () => new cvm.v20170312.Client({
  credential: { secretId: "AKIDEXAMPLE", secretKey: "EXAMPLE" },
  region: "ap-guangzhou",
  profile: { httpProfile: { endpoint: `127.0.0.1:${server.address().port}`, protocol: "http:" } },
}).DescribeImages({}))
JS
node client.cjs || changed "the endpoint is signed in another way"
