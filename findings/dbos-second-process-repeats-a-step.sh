#!/usr/bin/env bash
# Starting a second DBOS process makes the first one run its running step again.
#
# Installs  dbos 3.4.0 (on SQLite), into a temporary folder.
# Guess     recovery is for workflows of processes that died; a process that is alive and in the middle of a step is left alone.
# Seen      without an executor_id every process is the same one, "local". The second, on starting, takes the first's running
#           workflow for one of its own from before a crash and puts it into a queue, and the first takes it out of the queue
#           and runs the step anew beside the run that has not ended: twice in the same living process. A step that launches
#           something launches two. With an executor_id of its own for each process: once.
#           Any second process will do: a deployment that overlaps, a second worker, a script that imports the application.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
changed() { echo "no longer so: $*"; exit 1; }

python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check dbos==3.4.0
cat > fleet.py <<'PY'
import sys, time
from dbos import DBOS

who, ids = sys.argv[1:]
config = {"name": "fleet", "system_database_url": "sqlite:///%s.sqlite" % ids, "log_level": "CRITICAL", "application_version": "1"}
if ids == "own":
    config["executor_id"] = who
DBOS(config=config)

@DBOS.step()
def launch():
    print(who, flush=True)
    time.sleep(8)

@DBOS.workflow()
def copy():
    launch()

DBOS.launch()
if who == "first":
    DBOS.start_workflow(copy).get_result()
else:
    time.sleep(3)
DBOS.destroy()
PY
for ids in none own; do
  venv/bin/python fleet.py first "$ids" > "launches-$ids" & first=$!
  until [ -s "launches-$ids" ]; do sleep 0.1; done
  venv/bin/python fleet.py second "$ids" >> "second-$ids"
  wait "$first"
  echo "executor_id $ids: launches by the first $(grep -c first "launches-$ids"), by the second $(grep -c second "second-$ids" || true)"
done
[ "$(grep -c first launches-none)" = 2 ] || changed "the running step is not run again"
[ "$(grep -c first launches-own)" = 1 ] || changed "an executor_id does not help"
