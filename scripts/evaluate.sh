#!/usr/bin/env bash
# Makes labelled traffic, lets the detector judge it, and holds the verdicts against the labels: one
# table over all seeds. `make evaluate` runs it after a release build. From the environment:
#
#   SEEDS    seeds of the traffic. 1 to 5 are for tuning; by default those that never are: 201 to 210
#   MIX      a mix file; the default mix where absent, four days of 20,000 people
#   DURATION another span of event time than the mix has, such as 24h; its schedule is pressed into it
#   EVENTS   a number of events instead
#   POLICY   a policy file; the built-in policy where absent
#   QUESTIONS 1: ask before each attempt as an auth service does, and measure the answers in place of the verdicts
#   WITHOUT  signals, each to be switched off in a run of its own: what the totals lose without it
#   FLAGS    further flags of `credsieve evaluate`, such as "--ablation --plot curve.svg"
#   OUT      the folder for events and labels, kept; one that is removed at the end where absent
#   JOBS     seeds made at a time (default: the processors)
#   BINARY   the binary (default target/release/credsieve)
set -euo pipefail
cd "$(dirname "$0")/.."

read -ra seeds <<<"${SEEDS:-201 202 203 204 205 206 207 208 209 210}"
binary=${BINARY:-${CARGO_TARGET_DIR:-target}/release/credsieve}
pipes=$(mktemp -d)
out=${OUT:-$pipes}
mkdir -p "$out"
judging=

# Whoever still waits for a reader of its pipe finds one that has gone.
clean_up() {
    local pipe
    [ -z "$judging" ] || kill "$judging" 2>/dev/null || true
    for pipe in "$pipes"/*.verdicts; do
        [ ! -p "$pipe" ] || : <>"$pipe"
    done
    rm -rf "$pipes"
}
trap clean_up EXIT

amount=()
[ -z "${DURATION:-}" ] || amount=(--duration "$DURATION")
[ -z "${EVENTS:-}" ] || amount=(--events "$EVENTS")
mix=()
[ -z "${MIX:-}" ] || mix=(--mix "$MIX")
read -ra flags <<<"${FLAGS:-}"

make_traffic() {
    "$binary" load-test generate --seed "$1" "${amount[@]}" "${mix[@]}" \
        --labels "$out/$1.labels" --out "$out/$1.events" >/dev/null
}

# All verdicts go through pipes, one seed after the other: with their reasons they are many times
# the size of the traffic.
judge() {
    local seed
    for seed in "${seeds[@]}"; do
        "$binary" replay --quiet ${QUESTIONS:+--questions} "$@" "$out/$seed.events" >"$pipes/$seed.verdicts"
    done
}

# evaluate POLICY FLAG…: one table over all seeds.
evaluate() {
    local policy=() pairs=() seed
    [ -z "$1" ] || policy=(--policy "$1")
    shift
    for seed in "${seeds[@]}"; do
        pairs+=("$out/$seed.labels" "$pipes/$seed.verdicts")
    done
    judge "${policy[@]}" &
    judging=$!
    "$binary" evaluate "$@" "${pairs[@]}"
    wait "$judging"
    judging=
}

running=0
for seed in "${seeds[@]}"; do
    mkfifo "$pipes/$seed.verdicts"
    if [ "$running" -ge "${JOBS:-$(nproc)}" ]; then
        wait -n
        running=$((running - 1))
    fi
    make_traffic "$seed" &
    running=$((running + 1))
done
while [ "$running" -gt 0 ]; do
    wait -n
    running=$((running - 1))
done

echo "seeds ${seeds[*]}; mix ${MIX:-default}${amount[*]:+ ${amount[*]}}; policy ${POLICY:-built in}"
evaluate "${POLICY:-}" "${flags[@]}"
for signal in ${WITHOUT:-}; do
    { [ -z "${POLICY:-}" ] || cat "$POLICY"; printf '[signals]\noff = ["%s"]\n' "$signal"; } >"$pipes/without.toml"
    echo "without $signal:"
    evaluate "$pipes/without.toml" --totals
done
