#!/usr/bin/env bash
# tccli's --waiter waits for a copy by launching another.
#
# Installs  tccli 3.1.189.1 on tencentcloud-sdk-python-cvm 3.1.178, into a temporary folder; the server is trusted by adding its certificate to certifi's there.
# Guess     `tccli cvm SyncImages … --waiter` launches and then polls a Describe call, as the waiters of other clouds' tools do.
# Seen      it sends the very same call until an expression on its answer has the wanted value. Right for DescribeImages; for
#           SyncImages each look is a new copy: four in three seconds until the fourth answer fits, in the default of 180 s
#           at 5 s some thirty-six. Nothing warns, exit 0.
# Avoid     launch without it, then `DescribeImages --waiter`.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
changed() { echo "no longer so: $*"; exit 1; }

python3 -m venv venv
# Without the SDK of all products, 400 MB.
venv/bin/pip install -q --disable-pip-version-check --no-compile --no-deps tccli==3.1.189.1 tencentcloud-sdk-python-cvm==3.1.178 \
  tencentcloud-sdk-python-common==3.1.195 cos-python-sdk-v5==1.9.44 jmespath six crcmod pycryptodome xmltodict requests certifi urllib3 idna \
  charset-normalizer
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 2> /dev/null
cat cert.pem >> "$(venv/bin/python -m certifi)"
cat > run.py <<'PY'
import http.server, json, os, ssl, subprocess, threading

actions = []

class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        actions.append(self.headers["X-TC-Action"])
        image = {"ImageId": f"img-{len(actions)}", "Region": "ap-shanghai"}
        body = json.dumps({"Response": {"ImageSet": [image], "RequestId": "r"}}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("cert.pem", "key.pem")
server.socket = context.wrap_socket(server.socket, server_side=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
waiter = {"expr": "ImageSet[0].ImageId", "to": "img-4", "timeout": 30, "interval": 1}
done = subprocess.run(
    ["venv/bin/tccli", "cvm", "SyncImages", "--endpoint", f"127.0.0.1:{server.server_address[1]}", "--ImageIds", '["img-golden"]',
     "--DestinationRegions", '["ap-shanghai"]', "--ImageSetRequired", "true", "--waiter", repr(waiter)],
    env={"HOME": os.getcwd(), "PATH": os.environ["PATH"], "TENCENTCLOUD_SECRET_ID": "AKIDEXAMPLE",
         "TENCENTCLOUD_SECRET_KEY": "EXAMPLE", "TENCENTCLOUD_REGION": "ap-guangzhou"}, stdout=subprocess.DEVNULL)
print("exit", done.returncode, actions)
assert (done.returncode, actions) == (0, ["SyncImages"] * 4)
PY
venv/bin/python run.py || changed "the waiter does not send the same call"
