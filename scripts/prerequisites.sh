#!/usr/bin/env bash
# shellcheck disable=SC2329 # the checks are called by the name that `need` is given
# What a build or the tests need of the machine: installs what it may (as root, by apt-get) and says
# in one line for each thing what it could not, with the command that would.
#
#   scripts/prerequisites.sh build    a C compiler, make, perl (librdkafka and OpenSSL are built from source)
#   scripts/prerequisites.sh test     the same, a JVM with Maven (a real Kafka broker), PostgreSQL,
#                                    Chromium, valgrind
#
# Ends with 1 only where nothing can be built at all. A test that misses its real part says so itself.
set -uo pipefail

has() { command -v "$1" >/dev/null 2>&1; }

has_java() {
    local said
    said=$(java -version 2>&1) && [[ $said =~ version\ \"(1[7-9]|[2-9][0-9]) ]]
}

has_postgres() {
    has initdb && has postgres && return
    compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null
}

may_install() { [ "$EUID" = 0 ] && has apt-get; }

fetched_lists=
apt_install() {
    if [ -z "$fetched_lists" ]; then
        apt-get update -qq >/dev/null 2>&1 || return 1
        fetched_lists=yes
    fi
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1
}

# need WHAT CHECK WHY PACKAGE…
need() {
    local what=$1 check=$2 why=$3
    shift 3
    "$check" && return 0
    if may_install; then
        echo "installing $what: apt-get install $*"
        apt_install "$@" && "$check" && return 0
    fi
    echo "missing: $what ($why); install it with: sudo apt-get install -y --no-install-recommends $*"
    return 1
}

has_browser() { has chromium || has chromium-browser || has google-chrome; }
has_cc() { has cc; }
has_make() { has make; }
has_perl() { has perl; }
has_mvn() { has mvn; }
has_valgrind() { has valgrind; }

lacking=0
if ! has cargo; then
    echo "missing: the Rust toolchain; install it from https://rustup.rs"
    lacking=1
fi
need "a C compiler" has_cc "librdkafka, OpenSSL, SQLite and zstd are built from source" gcc libc6-dev g++ || lacking=1
need "make" has_make "librdkafka's and OpenSSL's build" make || lacking=1
need "perl" has_perl "OpenSSL's build" perl || lacking=1

if [ "${1:-build}" = test ]; then
    need "a JVM, 17 or later" has_java "the tests start a real Kafka broker" default-jre-headless || true
    need "Maven" has_mvn "it fetches the broker's jars once" maven || true
    if ! has_postgres && may_install && [ ! -e /etc/postgresql-common/createcluster.conf ]; then
        # Debian's package would start a cluster for the system; the tests start their own.
        mkdir -p /etc/postgresql-common
        echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
    fi
    need "PostgreSQL's server" has_postgres "the tests start a private cluster" postgresql || true
    need "Chromium" has_browser "tests look at the pages as a person does" chromium || true
    need "valgrind" has_valgrind "tests count the instructions of an attempt" valgrind || true
fi
exit "$lacking"
