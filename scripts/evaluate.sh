#!/usr/bin/env bash
# Makes labelled traffic, lets the detector judge it, and holds the verdicts against the labels: one
# table over all seeds. `make evaluate` runs it after a release build. From the environment:
#
#   SEEDS    seeds of the traffic. 1 to 5 are for tuning; by default those that never are: 101 to 110
#   EVENTS   events a seed (default 200000), or
#   DURATION the span of event time instead, such as 24h
#   MIX      a mix file; the default mix where absent
#   TRAFFIC  further flags of `credsieve load-test`, such as "--people 5000"
#   POLICY   a policy file; the built-in policy where absent
#   WITHOUT  signals, each to be switched off in a run of its own: what the totals lose without it
#   FLAGS    further flags of `credsieve evaluate`, such as "--ablation --plot curve.svg"
#   OUT      the folder for labels and verdicts, kept; one that is removed at the end where absent
#   JOBS     seeds at a time (default: the processors)
#   BINARY   the binary (default target/release/credsieve)
set -euo pipefail
cd "$(dirname "$0")/.."

seeds=${SEEDS:-101 102 103 104 105 106 107 108 109 110}
binary=${BINARY:-${CARGO_TARGET_DIR:-target}/release/credsieve}
jobs=${JOBS:-$(nproc)}
if [ -n "${OUT:-}" ]; then
    out=$OUT
    mkdir -p "$out"
else
    out=$(mktemp -d)
    trap 'rm -rf "$out"' EXIT
fi

amount=(--events "${EVENTS:-200000}")
[ -z "${DURATION:-}" ] || amount=(--duration "$DURATION")
mix=()
[ -z "${MIX:-}" ] || mix=(--mix "$MIX")
read -ra traffic <<<"${TRAFFIC:-}"
read -ra flags <<<"${FLAGS:-}"

# judge SEED NAME [POLICY]: traffic of a seed, judged; a later run finds the traffic made.
judge() {
    local seed=$1 name=$2 policy=()
    [ -z "${3:-}" ] || policy=(--policy "$3")
    if [ ! -s "$out/$seed.events" ]; then
        "$binary" load-test --seed "$seed" "${amount[@]}" "${mix[@]}" "${traffic[@]}" \
            --labels "$out/$seed.labels" file "$out/$seed.events" >/dev/null
    fi
    "$binary" replay --quiet "${policy[@]}" "$out/$seed.events" >"$out/$seed.$name"
}

# evaluate NAME [POLICY] [-- FLAG…]: all seeds, some at a time, and one table over them.
evaluate() {
    local name=$1 policy=$2 seed running=0 pairs=()
    shift 2
    for seed in $seeds; do
        judge "$seed" "$name" "$policy" &
        running=$((running + 1))
        if [ "$running" -ge "$jobs" ]; then
            wait -n
            running=$((running - 1))
        fi
        pairs+=("$out/$seed.labels" "$out/$seed.$name")
    done
    while [ "$running" -gt 0 ]; do
        wait -n
        running=$((running - 1))
    done
    "$binary" evaluate "$@" "${pairs[@]}"
}

echo "seeds $seeds, ${amount[*]}${TRAFFIC:+ $TRAFFIC}, mix ${MIX:-default}, policy ${POLICY:-built in}"
evaluate verdicts "${POLICY:-}" "${flags[@]}"
for signal in ${WITHOUT:-}; do
    policy=$out/without.toml
    { [ -z "${POLICY:-}" ] || cat "$POLICY"; printf '[signals]\noff = ["%s"]\n' "$signal"; } >"$policy"
    echo "without $signal:"
    evaluate without "$policy" --totals
done
