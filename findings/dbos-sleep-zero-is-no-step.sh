#!/usr/bin/env bash
# A DBOS workflow that slept until a moment cannot be recovered after that moment.
#
# Installs  dbos 3.4.0 (on SQLite), into a temporary folder.
# Guess     `DBOS.sleep(max(0, until - time.time()))` is a durable wait until a moment: the first run records it, a replay
#           finds the record and goes on.
# Seen      a sleep of 0 s records no step and looks for none. The process dies after the wait and recovers later, so the
#           replay computes 0, skips the recorded sleep, and its next step meets the record of the sleep instead:
#           DBOSUnexpectedStepError, the workflow is ERROR for good. The sooner the recovery, the rarer it is; a test that
#           recovers at once, before the moment, passes.
# Avoid     compute the seconds in a step, and sleep what it returned.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
changed() { echo "no longer so: $*"; exit 1; }

python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check dbos==3.4.0
cat > fleet.py <<'PY'
import os, sys, time
from dbos import DBOS, SetWorkflowID

die, computed_in_step = sys.argv[1] == "die", sys.argv[2] == "step"
DBOS(config={"name": "fleet", "system_database_url": "sqlite:///%s.sqlite" % sys.argv[2], "log_level": "CRITICAL",
             "executor_id": "one", "application_version": "1"})

@DBOS.step()
def left(until):
    return max(0, until - time.time())

@DBOS.step()
def look():
    return "ready"

@DBOS.workflow()
def copy(until):
    DBOS.sleep(left(until) if computed_in_step else max(0, until - time.time()))
    look()
    if die:
        os._exit(9)
    return "done"

DBOS.launch()
if die:
    with SetWorkflowID("lane"):
        DBOS.start_workflow(copy, time.time() + 1).get_result()
for _ in range(100):
    status = DBOS.retrieve_workflow("lane").get_status()
    if status.status not in ("PENDING", "ENQUEUED"):
        break
    time.sleep(0.1)
print(sys.argv[2], status.status, type(status.error).__name__)
DBOS.destroy()
PY
for way in inline step; do
  venv/bin/python fleet.py die "$way" || [ $? = 9 ]
  sleep 1
  venv/bin/python fleet.py recover "$way" | tee -a seen
done
[ "$(paste -sd, seen)" = "inline ERROR DBOSUnexpectedStepError,step SUCCESS NoneType" ] || changed "a sleep of 0 s is a step, or is looked for"
