#!/usr/bin/env bash
# The second generator, from any folder: generate.sh --seed N --out X.ndjson --labels X.csv [more]
set -eu
PYTHONPATH=$(cd "$(dirname "$0")" && pwd)${PYTHONPATH:+:$PYTHONPATH}
export PYTHONPATH
exec python3 -m second "$@"
