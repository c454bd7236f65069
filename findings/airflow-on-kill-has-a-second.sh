#!/usr/bin/env bash
# A trigger's on_kill in Airflow has one second, not the thirty of its documentation.
#
# Installs  apache-airflow 3.3.2 (standalone, on SQLite), into a temporary folder.
# Guess     `BaseTrigger.on_kill()` stops the work outside when somebody marks a deferred task as failed or clears it, and has
#           `[triggerer] on_kill_timeout` for that: 30 s unless set.
# Seen      the triggerer repeats its cancellation every second until the trigger has ended, and so cancels the on_kill that
#           the first one called: it is left at its first await that takes longer, without a line in any log. What it was to
#           wait for, a cloud that accepts "stop" in two seconds, never comes; on_kill_timeout plays no part.
# Avoid     do it in a thread that goes on: `await asyncio.shield(asyncio.to_thread(stop))`.
set -euo pipefail
dir=$(mktemp -d)
finish() { [ -z "${airflow:-}" ] || kill -- "-$airflow" 2>/dev/null || true; sleep 1; rm -rf "$dir"; }
trap finish EXIT
cd "$dir"
changed() { echo "no longer so: $*"; exit 1; }

python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check apache-airflow==3.3.2
mkdir -p home/dags home/plugins
cat > home/plugins/slow_stop.py <<'PY'
import asyncio, os, time
from airflow.triggers.base import BaseTrigger

class Work(BaseTrigger):
    def serialize(self):
        return "slow_stop.Work", {}

    async def run(self):
        await asyncio.sleep(600)
        yield

    async def on_kill(self):
        begun = time.monotonic()
        try:
            await asyncio.sleep(5)  # the cloud takes its time to stop
            end = "finished"
        except asyncio.CancelledError:
            end = "cancelled"
            raise
        finally:
            with open(os.environ["SEEN"], "a") as seen:
                seen.write(f"on_kill {end} after {time.monotonic() - begun:.1f} s\n")
PY
cat > home/dags/killed.py <<'PY'
from airflow.sdk import DAG, BaseOperator
from slow_stop import Work

class Wait(BaseOperator):
    def execute(self, context):
        self.defer(trigger=Work(), method_name="done")

with DAG("killed", schedule=None, is_paused_upon_creation=False):
    Wait(task_id="work")
PY
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
export AIRFLOW_HOME=$dir/home SEEN=$dir/seen HOME=$dir PATH=$dir/venv/bin:$PATH no_proxy=127.0.0.1
export AIRFLOW__CORE__LOAD_EXAMPLES=False AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS=True AIRFLOW__API__PORT=$port AIRFLOW__API__HOST=127.0.0.1
export AIRFLOW__API__WORKERS=1 AIRFLOW__API__BASE_URL=http://127.0.0.1:$port AIRFLOW__CORE__EXECUTION_API_SERVER_URL=http://127.0.0.1:$port/execution/
export AIRFLOW__USAGE_DATA_COLLECTION__ENABLED=False
set -m
venv/bin/airflow standalone > standalone.log 2>&1 & airflow=$!
set +m
cat > drive.py <<'PY'
import json, os, sys, time, urllib.request

base, token = sys.argv[1], ""

def call(method, path, body=None):
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    request = urllib.request.Request(base + path, None if body is None else json.dumps(body).encode(), headers, method=method)
    return json.load(urllib.request.urlopen(request, timeout=30))

def until(holds):
    for _ in range(240):
        try:
            if holds():
                return
        except OSError:
            pass
        time.sleep(0.5)
    sys.exit("Airflow does not get so far")

def come():
    global token
    token = token or call("GET", "/auth/token")["access_token"]
    return [dag["dag_id"] for dag in call("GET", "/api/v2/dags")["dags"]] == ["killed"]

task = "/api/v2/dags/killed/dagRuns/one/taskInstances/work"
until(come)
call("POST", "/api/v2/dags/killed/dagRuns", {"dag_run_id": "one", "logical_date": None})
until(lambda: call("GET", task)["state"] == "deferred")
time.sleep(3)
call("PATCH", task, {"new_state": "failed"})
until(lambda: os.path.exists(os.environ["SEEN"]))
PY
venv/bin/python drive.py "http://127.0.0.1:$port" || { tail -n 20 standalone.log; exit 1; }
cat seen
grep -q "on_kill cancelled after [0-2]\." seen || changed "on_kill is left to finish"
