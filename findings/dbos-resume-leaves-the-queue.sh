#!/usr/bin/env bash
# A DBOS workflow that is cancelled and resumed no longer counts for its queue's limit.
#
# Installs  dbos 3.4.0 (on SQLite), into a temporary folder.
# Guess     a workflow that was enqueued belongs to its queue: resumed, it waits there for its turn like the others.
# Seen      `DBOS.resume_workflow(id)` moves it to DBOS's internal queue, which has no limit. Four workflows in a queue with
#           global_concurrency=1: left alone, one runs at a time; three of them cancelled and resumed, all four at once.
#           What the limit protected, an API's rate or a quota of copies under way, is run over when an operator
#           "restarts" what hung.
# Avoid     `resume_workflow(id, queue_name=…)`.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
changed() { echo "no longer so: $*"; exit 1; }

python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check dbos==3.4.0
cat > fleet.py <<'PY'
import threading, time
from dbos import DBOS

DBOS(config={"name": "fleet", "system_database_url": "sqlite:///fleet.sqlite", "log_level": "CRITICAL"})
lock = threading.Lock()
running = most = 0

@DBOS.step()
def work():
    global running, most
    with lock:
        running += 1
        most = max(most, running)
    time.sleep(2)
    with lock:
        running -= 1

@DBOS.workflow()
def copy():
    work()

DBOS.launch()
DBOS.register_queue("lanes", global_concurrency=1, polling_interval_sec=0.1)
seen = {}
for what, options in (("left alone", None), ("resumed", {}), ("resumed, queue named", {"queue_name": "lanes"})):
    most = 0
    handles = [DBOS.enqueue_workflow("lanes", copy) for _ in range(4)]
    while not running:
        time.sleep(0.05)
    if options is not None:
        waiting = [handle.get_workflow_id() for handle in handles if handle.get_status().status == "ENQUEUED"]
        assert len(waiting) == 3, waiting
        for id in waiting:
            DBOS.cancel_workflow(id)
        for id in waiting:
            DBOS.resume_workflow(id, **options)
    for handle in handles:
        handle.get_result()
    seen[what] = most
    print(f"{what}: {most} at once", flush=True)
DBOS.destroy()
assert seen == {"left alone": 1, "resumed": 4, "resumed, queue named": 1}, seen
PY
venv/bin/python fleet.py || changed "a resumed workflow stays in its queue"
