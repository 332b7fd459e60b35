#!/usr/bin/env bash
# Measures credsieve beside what a team would otherwise run, on the same labelled traffic, and prints one
# table. A peer that cannot run here is left out, with one line that says what is missing. `make peers`
# runs it after a release build; docs/peers.md says what each peer is. From the environment:
#
#   SEED, MIX    the traffic (default: seed 201, which nothing was tuned on, of the default mix)
#   EVENTS       a number of events instead of the whole mix
#   RUNS         runs of each, of which the table has the middle one (default 3)
#   ONLY         the peers to run, by the names of the table's first column (default: all)
#   USERS_10M, USERS_1H, SOURCES_1H
#                limits of the Kafka Streams job and of the baseline (defaults 15, 30 and 5)
#   CROWDSEC     the path of CrowdSec's binary, `cscli` beside it
#   BINARY       credsieve (default target/release/credsieve)
#   PEERS        the example `peers` (default: built)
#   OUT          a folder to keep everything in; a temporary one where absent
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
target=${CARGO_TARGET_DIR:-$root/target}
binary=${BINARY:-$target/release/credsieve}
peers=${PEERS:-$target/release/examples/peers}
runs=${RUNS:-3}
scratch=$(mktemp -d)
folder=${OUT:-$scratch}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
events=$folder/events.ndjson
bootstrap=

# shellcheck source=load-test/peers/kafka.sh
source "$here/kafka.sh"
# shellcheck source=load-test/peers/crowdsec.sh
source "$here/crowdsec.sh"

clean_up() {
    stop_broker
    stop_crowdsec
    rm -rf "$scratch" "$folder/kafka"
}
trap clean_up EXIT

[ -x /usr/bin/time ] || { echo "missing: GNU time, which measures all of them (apt-get install time)"; exit 1; }
[ -x "$binary" ] || { echo "missing: $binary (make build)"; exit 1; }
[ -n "${PEERS:-}" ] || cargo build --release --locked -q -p credsieve-load-test --example peers

"$binary" load-test generate --seed "${SEED:-201}" --mix "${MIX:-default}" ${EVENTS:+--events "$EVENTS"} \
    --labels "$folder/labels.csv" --out "$events" >"$folder/generate.log" 2>&1 ||
    { cat "$folder/generate.log" >&2; exit 1; }
count=$(wc -l <"$events")
"$peers" auth-log "$events" >"$folder/auth.log"

# --- The peers: run_NAME does what is measured, verdicts_NAME makes verdict lines of it where it does not.

run_credsieve() { exec "$binary" replay -q --threads 1 "$events"; }
run_credsieve_threads() { exec "$binary" replay -q "$events"; }
run_baseline() {
    exec "$peers" baseline --users-10m "${USERS_10M:-15}" --users-1h "${USERS_1H:-30}" "$events"
}
run_baseline_sources() {
    exec "$peers" baseline --users-10m "${USERS_10M:-15}" --users-1h "${USERS_1H:-30}" \
        --sources-1h "${SOURCES_1H:-5}" "$events"
}
run_streams() { streams_job "streams-$run" as-it-comes; }
verdicts_streams() { read_flags "streams-$run" >"$folder/flags" && "$peers" verdicts "$events" "$folder/flags"; }
run_streams_lean() { streams_job "lean-$run" lean; }
verdicts_streams_lean() { read_flags "lean-$run" >"$folder/flags" && "$peers" verdicts "$events" "$folder/flags"; }
run_crowdsec() { crowdsec_replay; }
verdicts_crowdsec() { read_bans >"$folder/flags" && "$peers" verdicts "$events" "$folder/flags"; }

declare -A called=(
    [credsieve]="credsieve replay, one thread"
    [credsieve_threads]="credsieve replay, three threads"
    [baseline]="baseline: maps of HLL++, users of an address"
    [baseline_sources]="baseline, and addresses of a user"
    [streams]="Kafka Streams as it comes, users of an address"
    [streams_lean]="Kafka Streams, in memory, no changelog"
    [crowdsec]="CrowdSec: ssh-bf, ssh-slow-bf"
)
names=()
for name in ${ONLY:-credsieve credsieve_threads baseline baseline_sources streams streams_lean crowdsec}; do
    [ -n "${called[$name]:-}" ] || { echo "no such peer: $name"; exit 2; }
    missing=
    case $name in
        streams*) missing=$(lacks_streams) || packaged=yes ;;
        crowdsec) missing=$(lacks_crowdsec) || true ;;
    esac
    if [ -n "$missing" ]; then
        echo "left out: ${called[$name]}. Missing: $missing"
    else
        names+=("$name")
    fi
done
if [[ " ${names[*]} " == *" streams"* ]]; then
    start_broker
    load_topic
fi

# --- Measuring. GNU time measures this shell's child and all that it waited for.

measure() {
    local name=$1 out=$folder/$1.out
    [ "$name" != crowdsec ] || start_crowdsec
    export -f "run_$name" streams_job crowdsec_replay
    /usr/bin/time -o "$folder/time" -f '%e %U %S %M' bash -ec "run_$name" >"$out" 2>"$folder/$name.log" ||
        { echo "failed: ${called[$name]}"; tail -5 "$folder/$name.log"; return 1; }
    # Kafka Streams: by the clock from the first event on, not from the start of the JVM.
    local seconds
    seconds=$(sed -nE 's/^\{"seconds":([0-9.]+),.*/\1/p' "$out" | head -1)
    # A hundredth of a second is the least that GNU time tells.
    awk -v seconds="$seconds" '
        function some(value) { return value > 0.01 ? value : 0.01 }
        { print some(seconds ? seconds : $1), some($2 + $3), $4 }' "$folder/time" >>"$folder/$name.times"
}

judge() {
    local name=$1 verdicts=$folder/$1.out
    if declare -F "verdicts_$name" >/dev/null; then
        "verdicts_$name" >"$folder/$name.verdicts"
        verdicts=$folder/$name.verdicts
    fi
    "$binary" evaluate --totals "$folder/labels.csv" "$verdicts" >"$folder/$name.totals"
}

export folder here events count bootstrap jars binary peers run
rm -f "$folder"/*.times
# In turn, so that what else the machine does meets all alike.
for ((run = 1; run <= runs; run++)); do
    for name in "${names[@]}"; do
        measure "$name"
        [ "$run" != 1 ] || judge "$name"
    done
done

# --- The table: the middle run of each by processor time, with the lowest and the highest rate.

share() { sed -nE "s/^│ $1 +┆ +[0-9]+ ┆ +([0-9.]+) %.*/\1/p" "$2"; }

echo "$count events, seed ${SEED:-201}, mix ${MIX:-default}${EVENTS:+, $EVENTS events}; $runs runs"
printf '%-48s %9s %19s %9s %8s %8s %8s\n' '' 'events/s' '' 'events/s' 'peak' 'attacks' 'people'
printf '%-48s %9s %19s %9s %8s %8s %8s\n' '' 'of CPU' 'low to high' 'by clock' 'MiB' 'flagged%' 'flagged%'
for name in "${names[@]}"; do
    sort -n -k 2 "$folder/$name.times" | awk -v name="${called[$name]}" -v count="$count" \
        -v attacks="$(share 'attack attempts not allowed' "$folder/$name.totals")" \
        -v people="$(share "people's attempts challenged" "$folder/$name.totals")" '
        { wall[NR] = $1; cpu[NR] = $2; peak[NR] = $3 }
        END {
            m = int((NR + 1) / 2)
            spread = sprintf("%.0f to %.0f", count / cpu[NR], count / cpu[1])
            printf "%-48s %9.0f %19s %9.0f %8.0f %8s %8s\n", name, count / cpu[m], spread,
                count / wall[m], peak[m] / 1024, attacks, people
        }'
done
