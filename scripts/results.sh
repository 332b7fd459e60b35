#!/usr/bin/env bash
# Writes the results of docs/detection-results.md anew, between its two marks, from runs of
# scripts/evaluate.sh: the default mix on ten seeds in full, every other size, share of attack and
# lack of fields on three by their totals. `make results` runs it after a release build.
#
#   FIRST   seeds for the default mix (default 201 to 210)
#   OTHERS  seeds for all others (default 201 to 203)
#   UNSEEN  seeds for the other generators (default 11 to 13; of the fifth 64 to 66, of the sixth and seventh 4 to 6), which need
#           CREDSIEVE_DATA, but for the sixth and seventh
#   WORLDS  seeds for the small worlds (default 4 and 5)
#   BINARY  as in scripts/evaluate.sh
set -euo pipefail
cd "$(dirname "$0")/.."

page=docs/detection-results.md
first=${FIRST:-201 202 203 204 205 206 207 208 209 210}
others=${OTHERS:-201 202 203}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# section TITLE SEEDS MIX FLAGS: the command as a reader would give it, and what it printed.
section() {
    local title=$1 seeds=$2 mix=$3 flags=$4
    echo "results: $title" >&2
    printf '### %s\n\n`%s scripts/evaluate.sh`\n\n' "$title" \
        "${QUESTIONS:+QUESTIONS=1 }SEEDS=\"$seeds\"${mix:+ MIX=$mix} FLAGS=\"$flags\""
    # Seeds and mix stand in the command already.
    SEEDS=$seeds MIX=$mix FLAGS="--markdown $flags" scripts/evaluate.sh | sed '/^seeds /d'
    echo
}

# other TITLE GENERATOR OPTIONS FLAGS: the same on traffic of another generator, where its data is there.
other() {
    local title=$1 generator=$2 options=$3 flags=$4
    local unseen=${UNSEEN:-11 12 13}
    case $generator in
        fifth) unseen=${UNSEEN:-64 65 66} ;;
        sixth | seventh) unseen=${UNSEEN:-4 5 6} ;;
    esac
    printf '### %s\n\n`%s scripts/others.sh`\n\n' "$title" \
        "${QUESTIONS:+QUESTIONS=1 }GENERATOR=$generator SEEDS=\"$unseen\"${options:+ OPTIONS=\"$options\"}${flags:+ FLAGS=\"$flags\"}"
    if [[ $generator != @(sixth|seventh) ]] && [ -z "${CREDSIEVE_DATA:-}" ]; then
        printf 'Not run: CREDSIEVE_DATA names no folder.\n\n'
        return
    fi
    echo "results: $title" >&2
    GENERATOR=$generator SEEDS=$unseen OPTIONS=$options FLAGS="--markdown $flags" scripts/others.sh | sed '/^seeds /d'
    echo
}

# world NAME: a line of totals for a small world.
world() {
    echo "results: the world $1" >&2
    GENERATOR=worlds/$1 SEEDS=${WORLDS:-4 5} FLAGS=--json scripts/others.sh | python3 -c '
import json, sys
found = json.load(sys.stdin)
totals = {total["name"]: total for total in found["totals"]}
names = ("attack_not_allowed", "people_challenged", "people_challenged_in_the_end", "people_blocked")
shares = ["%.*f %%" % (1 if n == 0 else 3, 100 * totals[name]["share"]) for n, name in enumerate(names)]
at_one_in_1000 = found["curve"][2]["caught"]
print("| %s | %s | %.1f %% |" % (sys.argv[1], " | ".join(shares), 100 * at_one_in_1000))' "$1"
}

# with TOML: a mix file of these lines, whose name shows what is in it.
with() {
    local file
    file=$work/$(tr -cd 'a-z0-9_=.\n' <<<"$1" | tail -n 1).toml
    printf '%s\n' "$1" >"$file"
    echo "$file"
}

{
    printf 'Run on %s with %s.\n\n' "$(date -u +%F)" "$(git describe --always --dirty)"
    section "The default mix" "$first" "" "--ablation --plot docs/detection-curve.svg"
    printf '![Caught against people challenged, and the reliability of the scores](detection-curve.svg)\n\n'
    export QUESTIONS=1
    section "The default mix, asked before each attempt" "$others" "" --totals
    section "The mix \`small\`, asked before each attempt" "$others" small --totals
    for generator in second third fourth fifth sixth seventh; do
        other "The $generator generator, asked before each attempt" $generator "" --totals
    done
    unset QUESTIONS
    section "5,000 users" "$others" "$(with '[size]
people = 5000')" --totals
    for mix in small quiet flood no_devices no_fingerprints bare; do
        section "The mix \`$mix\`" "$others" "$mix" --totals
    done
    for share in 0.1 1 10 60; do
        section "$share % attack" "$others" "$(with "[size]
attack_share = $share")" --totals
    done
    for generator in second third fourth fifth; do
        other "The $generator generator" $generator "" ""
        other "The $generator generator, 5 % attack" $generator "--attack-share 0.05" --totals
        other "The $generator generator, bare fields" $generator "--fields bare" --totals
    done
    other "The sixth generator, to which nothing was fitted" sixth "" ""
    other "The seventh generator, to which nothing was fitted either" seventh "" ""
    printf '### Small worlds\n\n`SEEDS="%s" GENERATOR=worlds/NAME FLAGS=--json scripts/others.sh`\n\n' "${WORLDS:-4 5}"
    printf '| world | attack not allowed | people challenged | with revisions | blocked | caught at 0.1 %% of people |\n|---|---|---|---|---|---|\n'
    for name in bank campus citizen clinic club codehost courier dating exchange games idp mailhost market miles \
        parcel payroll plain saas school shop stream telco forum insurer tickets iot jobs news utility; do
        world $name
    done
    printf '\nNothing was fitted to the last four.\n\n'
} | sed "s|$work/||g" >"$work/results.md"

awk -v results="$work/results.md" '
    /^<!-- results end -->/ { inside = 0 }
    !inside
    /^<!-- results begin/ { inside = 1; print ""; while ((getline line < results) > 0) print line }
' "$page" >"$work/page.md"
cat "$work/page.md" >"$page"
echo "results: $page is written" >&2
