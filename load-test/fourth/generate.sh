#!/usr/bin/env bash
# The fourth generator, from any folder: generate.sh --seed N --out X.ndjson --labels X.csv [more]
exec python3 "$(dirname "$0")/generate.py" "$@"
