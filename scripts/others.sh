#!/usr/bin/env bash
# Measures the detection on traffic of the other generators (load-test/second to seventh, and the small
# worlds), each written without knowledge of the others: one table over all seeds of one. `make others` runs
# it for each after a release build. From the environment:
#
#   CREDSIEVE_DATA  the folder of real networks and browsers that second to fifth need (load-test/second/README.md)
#   GENERATOR       which one (default second), or a small world such as worlds/shop
#   SEEDS           seeds; those below 11 (of small worlds below 4), and 21 to 24 of the third, were fitted to or chosen by; by
#                   default 11, 12 and 13, which never are, of the fifth 64, 65 and 66, of the sixth and seventh 4, 5 and 6, of a small world 4 and 5
#   OPTIONS         further options of the generator, such as "--fields bare"
#   FLAGS           further flags of `credsieve evaluate`, such as "--totals --markdown"
#   BINARY          the binary (default target/release/credsieve)
#   SKIP            1: where CREDSIEVE_DATA is needed and names no folder, say so and end well (`make others`)
set -euo pipefail
cd "$(dirname "$0")/.."

generator=${GENERATOR:-second}
program="load-test/$generator/generate.sh"
if [ -f "load-test/$generator.py" ]; then
    program="python3 load-test/$generator.py"
elif [[ $generator != @(sixth|seventh) ]] && [ -z "${CREDSIEVE_DATA:-}" ]; then
    missing="CREDSIEVE_DATA names no folder; load-test/second/README.md says what belongs there"
    if [ -n "${SKIP:-}" ]; then
        echo "others: the $generator is skipped: $missing" >&2
        exit 0
    fi
    echo "others: $missing" >&2
    exit 1
fi
case $generator in
    worlds/*) unseen="4 5" ;;
    fifth) unseen="64 65 66" ;;
    sixth | seventh) unseen="4 5 6" ;;
    *) unseen="11 12 13" ;;
esac
read -ra seeds <<<"${SEEDS:-$unseen}"
read -ra options <<<"${OPTIONS:-}"
read -ra flags <<<"${FLAGS:-}"
binary=${BINARY:-${CARGO_TARGET_DIR:-target}/release/credsieve}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

pairs=()
for seed in "${seeds[@]}"; do
    echo "others: the $generator, seed $seed" >&2
    $program --seed "$seed" "${options[@]}" \
        --out "$work/events" --labels "$work/$seed.csv" &>"$work/log" ||
        { cat "$work/log" >&2; exit 1; }
    "$binary" replay --quiet ${QUESTIONS:+--questions} "$work/events" >"$work/$seed.verdicts"
    pairs+=("$work/$seed.csv" "$work/$seed.verdicts")
done
"$binary" evaluate "${flags[@]}" "${pairs[@]}"
