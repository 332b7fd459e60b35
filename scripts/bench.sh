#!/usr/bin/env bash
# Measures the speed and prints one table, in attempts a second: each step of an attempt's way by
# itself, then `credsieve replay` from a file to nowhere, on one thread and on three. `make bench`
# runs it after a release build. From the environment:
#
#   SEED     seed of the traffic that is replayed (default 3)
#   MIX      its mix (default: the default mix)
#   RUNS     runs of each replay (default 5)
#   BINARY   the binary (default target/release/credsieve)
set -euo pipefail
cd "$(dirname "$0")/.."

binary=${BINARY:-${CARGO_TARGET_DIR:-target}/release/credsieve}
runs=${RUNS:-5}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

"$binary" load-test generate --seed "${SEED:-3}" --mix "${MIX:-default}" \
    --labels "$folder/labels.csv" --out "$folder/events.ndjson" &>"$folder/log" ||
    { cat "$folder/log" >&2; exit 1; }

cargo bench --locked -p credsieve-engine --bench stages >"$folder/stages" 2>"$folder/log" ||
    { cat "$folder/log" >&2; exit 1; }

# In turn, so that what else the machine does meets both alike.
for ((run = 0; run < runs; run++)); do
    for threads in 1 3; do
        "$binary" replay --threads "$threads" "$folder/events.ndjson" 2>&1 >/dev/null |
            sed -nE "s/.* s, ([0-9]+) attempts\/s.*/\1/p" >>"$folder/replay.$threads"
    done
done

printf '%-24s %12s %12s %12s\n' 'attempts a second' low middle high
awk '/^stages\//  { name = substr($0, 8); sub(/ *time:.*/, "", name) }
     / thrpt: .*elem/ && !/%/ {
         gsub(/[][]/, ""); sub(/.*thrpt: */, "")
         for (n = 1; n <= 5; n += 2) {
             unit = $(n + 1)
             value[n] = $n * (unit ~ /^M/ ? 1e6 : unit ~ /^K/ ? 1e3 : 1)
         }
         printf "%-24s %12.0f %12.0f %12.0f\n", name, value[1], value[3], value[5]
     }' "$folder/stages"
for threads in 1 3; do
    sort -n "$folder/replay.$threads" | awk -v name="replay, threads: $threads" '
        { value[NR] = $1 }
        END { printf "%-24s %12.0f %12.0f %12.0f\n", name, value[1], value[int((NR + 1) / 2)], value[NR] }'
done
