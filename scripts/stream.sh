#!/usr/bin/env bash
# Measures `credsieve standalone` behind a real Kafka broker, everything on this machine, and prints one
# table: how many events a second it takes from the topic to its verdicts, how long one takes, and how fast
# it answers. `make stream` runs it after a release build. What is missing it says in one line. From the
# environment:
#
#   EVENTS    events of each run (default 300000)
#   RUNS      runs of each, of which the table has the lowest, middle and highest (default 3)
#   RATES     events a second at which latency is measured (default "1000 5000 10000 20000"), for ten seconds each
#   WARM      seconds at 8,000 events a second before latency is measured (default 50): a broker that has just
#             started compiles itself for a minute
#   ATTACK    share of the events that are an attack, in percent (default 5)
#   BINARY    the binary (default target/release/credsieve)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)/../load-test/peers
binary=${BINARY:-${CARGO_TARGET_DIR:-$here/../../target}/release/credsieve}
runs=${RUNS:-3}
total=${EVENTS:-300000}
attack=${ATTACK:-5}
folder=$(mktemp -d)
rates=${RATES:-1000 5000 10000 20000}
warm=${WARM:-50}
bootstrap=
service=

# shellcheck source=load-test/peers/kafka.sh
source "$here/kafka.sh"

stop_service() {
    [ -z "$service" ] || { kill "$service" && wait "$service"; } 2>/dev/null || true
    service=
}

clean_up() {
    stop_service
    stop_broker
    rm -rf "$folder"
}
trap clean_up EXIT

# start_service ALLOWS: a service with an empty state, which publishes this share of the plain allows.
start_service() {
    local port
    port=$(free_port)
    url=http://127.0.0.1:$port
    rm -rf "$folder/state"
    cat >"$folder/credsieve.toml" <<END
state_dir = "$folder/state"
http.listen = "127.0.0.1:$port"
kafka.bootstrap_servers = "$bootstrap"
kafka.publish_allows = $1.0
END
    "$binary" migrate --config "$folder/credsieve.toml" --store "sqlite:$folder/migrated.sqlite" \
        >"$folder/migrate.log" 2>&1 || { cat "$folder/migrate.log" >&2; exit 1; }
    "$binary" standalone --config "$folder/credsieve.toml" --log warn >"$folder/service.log" 2>&1 &
    service=$!
    # An answer, not a span of time: it is slow where the machine is.
    until curl -sf -o "$folder/ready" "$url/readyz"; do
        kill -0 "$service" 2>/dev/null || { cat "$folder/service.log" >&2; exit 1; }
        sleep 0.1
    done
    key=$("$binary" keys create --store "sqlite:$folder/state/credsieve.sqlite" --name stream \
        --scopes ingest,decide,read 2>>"$folder/service.log")
}

# drive N WHERE…: events that no run before has had, so that none is a repeat; the result is a line of $folder/runs.
drive() {
    local count=$1
    shift
    seed=$((seed + 1))
    "$binary" load-test --seed "$seed" --people 200000 --attack-percent "$attack" --events "$count" "$@" \
        --pid "$service" --json -q >>"$folder/runs"
}

# row NAME WHAT: a line of the table: lowest, middle and highest of WHAT (in Python, of a run's result r) over the runs.
row() {
    python3 - "$folder/runs" "$@" <<'END'
import json, sys
runs, name, what = sys.argv[1:]
found = [json.loads(line) for line in open(runs)]
for r in found:
    if r["lost"] or r.get("lag", {}).get("at_end"):
        sys.exit(f"a run did not finish: {r}")
values = sorted(eval(what, {"r": r}) for r in found)
shown = (values[0], values[len(values) // 2], values[-1])
print(f"{name:<58}", *(f"{v:>12,.0f}" if v >= 100 else f"{v:>12.2f}" for v in shown), flush=True)
END
}

[ -x "$binary" ] || { echo "missing: $binary (make build)"; exit 1; }
! missing=$(lacks_streams) || { echo "missing: $missing"; exit 1; }
start_broker
seed=0
printf '%-58s %12s %12s %12s\n' '' low middle high

for allows in 1 0; do
    start_service "$allows"
    # The broker is cold at first.
    drive 20000 kafka "$bootstrap" --rate 0 --verdicts ""
    : >"$folder/runs"
    for ((run = 0; run < runs; run++)); do
        drive "$total" kafka "$bootstrap" --rate 0 --verdicts ""
    done
    what="every verdict published"
    [ "$allows" = 1 ] || what="plain allows left out"
    row "backlog, $what: events a second" 'r["lag"]["judged"] / r["lag"]["judged_seconds"]'
    row "  processor time an event, µs" 'r["process"]["cpu_microseconds_per_event"]'
    stop_service
done

start_service 1
[ "$warm" = 0 ] || drive $((warm * 8000)) kafka "$bootstrap" --rate 8000 --verdicts ""
for rate in $rates; do
    : >"$folder/runs"
    for ((run = 0; run < runs; run++)); do
        drive $((rate * 10)) kafka "$bootstrap" --rate "$rate"
    done
    for quantile in p50 p99; do
        row "produced to verdict at $rate a second: $quantile, ms" "r['latency']['microseconds']['$quantile'] / 1000"
    done
done

# ask NAME N OPTIONS…: questions over HTTP.
ask() {
    local name=$1 count=$2
    shift 2
    : >"$folder/runs"
    for ((run = 0; run < runs; run++)); do
        drive "$count" http "$url" --key "$key" --endpoint decide "$@"
    done
    row "$name: a second" 'r["rate"]'
    row "  p50, ms" 'r["latency"]["microseconds"]["p50"] / 1000'
    row "  p99, ms" 'r["latency"]["microseconds"]["p99"] / 1000'
}
ask "POST /v1/decide, as fast as it answers" "$((total / 2))" --rate 0
ask "POST /v1/decide at 5,000 a second" 50000 --rate 5000
ask "POST /v1/decide/batch of 100, 4 connections, questions" "$total" --rate 0 --batch 100 --connections 4
