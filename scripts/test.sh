#!/usr/bin/env bash
# Everything that must hold, in one command: format, licences, lints, documentation, and all tests
# with a real Kafka broker and a private PostgreSQL. Stops at the first step that fails.
#
# It needs no terminal, uses free ports only and leaves nothing running: every step is a process group
# that ends with this script, and the tests' broker and cluster end with the tests.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

export CARGO_TERM_COLOR=${CARGO_TERM_COLOR:-auto}
tools=${CARGO_TARGET_DIR:-target}/tools
started=$SECONDS
skipped=()
child=

stop() {
    trap - INT TERM EXIT
    if [ -n "$child" ]; then
        kill -TERM -- "-$child" 2>/dev/null
        wait "$child" 2>/dev/null
    fi
    rm -f "${results:-}"
    echo "test: stopped" >&2
    exit 130
}
trap stop INT TERM

# Runs a command as a process group of its own, so that all of it can be ended.
run() {
    set -m
    "$@" </dev/null &
    child=$!
    set +m
    wait "$child"
    local status=$?
    child=
    return "$status"
}

# step NAME COMMAND…
step() {
    local name=$1
    shift
    echo "== $name: $*"
    run "$@" && return
    echo "test: FAILED at step '$name': $*" >&2
    exit 1
}

skip() {
    skipped+=("$1")
    echo "== skipped: $1"
}

install_deny() {
    # A build of several minutes: only where somebody waits for completeness rather than speed.
    [ "${CI:-}" = true ] || [ -n "${CREDSIEVE_INSTALL_DENY:-}" ] || return 1
    echo "== licences: building cargo-deny once (some minutes)"
    run env CARGO_TARGET_DIR="$tools/build" \
        cargo install --locked --quiet cargo-deny --version "^0.20" --root "$tools" || return 1
    rm -rf "$tools/build"
}

licences() {
    local deny
    if [ -x "$tools/bin/cargo-deny" ]; then
        deny=$tools/bin/cargo-deny
    elif ! deny=$(command -v cargo-deny); then
        if ! install_deny; then
            skip "licences and bans (cargo-deny is not installed: cargo install --locked cargo-deny)"
            return
        fi
        deny=$tools/bin/cargo-deny
    fi
    step licences "$deny" --log-level error check bans licenses sources
    # The list of known weaknesses lives on GitHub, which a closed network does not reach.
    if GIT_TERMINAL_PROMPT=0 run timeout 20 git ls-remote --quiet --exit-code \
        https://github.com/rustsec/advisory-db HEAD >/dev/null 2>&1; then
        step advisories "$deny" --log-level error check advisories
    else
        skip "advisories (github.com/rustsec/advisory-db cannot be reached)"
    fi
}

echo "== prerequisites"
run scripts/prerequisites.sh test || exit 1
step format cargo fmt --all --check
licences
step lints cargo clippy --locked --workspace --all-targets -- -D warnings
step documentation env RUSTDOCFLAGS="-D warnings -A rustdoc::private-intra-doc-links" cargo doc --locked --workspace --no-deps --document-private-items --quiet
if command -v python3 >/dev/null; then
    step "small worlds" python3 load-test/worlds/tests.py
    step "sixth generator" python3 load-test/sixth/tests.py
    step "seventh generator" python3 load-test/seventh/tests.py
fi
if [ -z "${CREDSIEVE_DATA:-}" ]; then
    skip "tests on real logs (CREDSIEVE_DATA names no folder with them)"
elif command -v python3 >/dev/null; then
    for generator in second third fourth fifth; do
        step "$generator generator" python3 load-test/$generator/tests.py
    done
else
    skip "the other generators' tests (python3 is not installed)"
fi
command -v valgrind >/dev/null ||
    skip "instructions of an attempt (valgrind is not installed); its allocations are counted all the same"
for what in "${skipped[@]}"; do
    echo "test: skipped $what"
done

# All failures are worth seeing, not the first alone.
results=$(mktemp)
trap 'rm -f "$results"' EXIT
echo "== tests: cargo test --locked --workspace --no-fail-fast"
run bash -c 'set -o pipefail; cargo test --locked --workspace --no-fail-fast 2>&1 | tee "$1"' - "$results"
status=$?
awk '/^test result:/ { for (i = 2; i <= NF; i++) sum[$i] += $(i - 1) }
    END { printf "test: %d tests passed, %d failed, %d ignored\n", sum["passed;"], sum["failed;"], sum["ignored;"] }' "$results"
if [ "$status" != 0 ]; then
    echo "test: FAILED at step 'tests'" >&2
    exit 1
fi
echo "test: all passed in $((SECONDS - started)) s"
