#!/usr/bin/env bash
# Copies, and tells the workflow what came of it. PLAN and OPTIONS are the action's inputs.
set -uo pipefail
export XDG_STATE_HOME=$RUNNER_TEMP
mkdir -p "$RUNNER_TEMP/imgferry"
report=$RUNNER_TEMP/imgferry-report.json
# Words parted by white space; nothing is evaluated.
read -r -a options <<< "$OPTIONS"
imgferry copy ${PLAN:+"$PLAN"} ${options[@]+"${options[@]}"} --output json > "$report"
code=$?
[ -s "$report" ] || exit "$code"
python3 - "$report" <<'PY' >> "$GITHUB_OUTPUT"
import json, sys

rows = json.load(open(sys.argv[1]))["rows"]
print("report=" + sys.argv[1])
print("images=" + json.dumps([{"cloud": row["cloud"], "region": row["to"], "name": row["name"], "image": row["image_id"]} for row in rows if row["image_id"]]))
PY
python3 - "$report" <<'PY' >> "$GITHUB_STEP_SUMMARY"
import json, sys

def cell(text):
    return str(text or "").replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")

print("| cloud | from | to | name | state | new image | |\n|---|---|---|---|---|---|---|")
for row in json.load(open(sys.argv[1]))["rows"]:
    words = [row[name] for name in ("cloud", "from", "to", "name", "state", "image_id")] + [row["error"] and row["error"]["message"]]
    print("| " + " | ".join(map(cell, words)) + " |")
PY
exit "$code"
