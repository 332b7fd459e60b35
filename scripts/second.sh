#!/usr/bin/env bash
# Measures the detection on traffic of the second generator (load-test/second), which was written
# without knowledge of the first: one table over all seeds. `make second` runs it after a release
# build. From the environment:
#
#   CREDSIEVE_DATA  the folder of real networks and browsers that the generator needs (its README)
#   SEEDS           seeds; 1 and 3 to 9 were fitted to; by default 11, 12 and 13, which never are
#   OPTIONS         further options of the generator, such as "--fields bare"
#   FLAGS           further flags of `credsieve evaluate`, such as "--totals --markdown"
#   BINARY          the binary (default target/release/credsieve)
set -euo pipefail
cd "$(dirname "$0")/.."

if [ -z "${CREDSIEVE_DATA:-}" ]; then
    echo "second: CREDSIEVE_DATA names no folder; load-test/second/README.md says what belongs there" >&2
    exit 1
fi
read -ra seeds <<<"${SEEDS:-11 12 13}"
read -ra options <<<"${OPTIONS:-}"
read -ra flags <<<"${FLAGS:-}"
binary=${BINARY:-${CARGO_TARGET_DIR:-target}/release/credsieve}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

pairs=()
for seed in "${seeds[@]}"; do
    echo "second: seed $seed" >&2
    load-test/second/generate.sh --seed "$seed" "${options[@]}" \
        --out "$work/events" --labels "$work/$seed.csv" 2>"$work/log" ||
        { cat "$work/log" >&2; exit 1; }
    "$binary" replay --quiet "$work/events" >"$work/$seed.verdicts"
    pairs+=("$work/$seed.csv" "$work/$seed.verdicts")
done
"$binary" evaluate "${flags[@]}" "${pairs[@]}"
