#!/bin/sh
# Tells one input again, such as a file of tests/fuzz/finds: again.sh TARGET FILE
set -eu
exec "$(dirname "$0")/target/$(rustc -vV | sed -n 's/^host: //p')/release/$1" "$2"
