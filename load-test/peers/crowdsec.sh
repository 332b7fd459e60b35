# shellcheck shell=bash
# CrowdSec for run.sh, in replay mode on the log of sshd; sourced. Nothing fetches it: the reader names
# it, CROWDSEC=/path/to/crowdsec, with `cscli` beside it. Debian's package has version 1.4.6; unpacked
# (apt-get download crowdsec; dpkg -x crowdsec_*.deb DIR), it serves without being installed.
#
# Uses $folder, $here; expects the log in $folder/auth.log.

lapi=

# Says in one line what is missing.
lacks_crowdsec() {
    [ -n "${CROWDSEC:-}" ] || { echo "CROWDSEC, the path of its binary (load-test/peers/crowdsec.sh says where from)"; return 0; }
    [ -x "$CROWDSEC" ] || { echo "$CROWDSEC, which cannot be run"; return 0; }
    [ -x "${CROWDSEC%/*}/cscli" ] || { echo "cscli beside $CROWDSEC"; return 0; }
    command -v jq >/dev/null || { echo "jq (apt-get install jq)"; return 0; }
    return 1
}

# Its configuration, an empty database, and its local API as a process of its own.
start_crowdsec() {
    local port home=$folder/crowdsec
    port=$(free_port)
    stop_crowdsec
    rm -rf "$home"
    cp -r "$here/crowdsec" "$home"
    mkdir -p "$home/data" "$home/hub" "$home/patterns" "$home/postoverflows"
    echo '{"parsers":{},"scenarios":{},"collections":{},"postoverflows":{}}' >"$home/hub/.index.json"
    echo 'simulation: false' >"$home/simulation.yaml"
    touch "$home/acquis.yaml"
    sed -i "s#@FOLDER@#$home#; s#@PORT@#$port#" "$home/config.yaml"
    cscli machines add peer -p peer -f "$home/credentials.yaml" >"$home/cscli.log" 2>&1
    "$CROWDSEC" -c "$home/config.yaml" -no-cs -no-capi >"$home/lapi.log" 2>&1 &
    lapi=$!
    local tries
    for ((tries = 0; tries < 60; tries++)); do
        (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && return
        sleep 0.5
    done
    cat "$home/lapi.log" >&2
    return 1
}

stop_crowdsec() {
    [ -z "$lapi" ] || { kill "$lapi" && wait "$lapi"; } 2>/dev/null || true
    lapi=
}

cscli() { "${CROWDSEC%/*}/cscli" -c "$folder/crowdsec/config.yaml" "$@"; }

crowdsec_replay() {
    exec "$CROWDSEC" -c "$folder/crowdsec/config.yaml" -no-api -dsn "file://$folder/auth.log" -type sshd
}

# Its bans: from the event that overflowed the bucket, for the four hours of its profile.
read_bans() {
    cscli alerts list -l 0 -o json 2>/dev/null |
        jq -c '.[] | select((.decisions | length) > 0)
            | { ip: .source.value, from: (.stop_at | sub(" "; "T") | sub(" [+]0000 UTC$"; "Z")), hours: 4 }'
}
