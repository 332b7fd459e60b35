# shellcheck shell=bash
# A Kafka broker for run.sh, and the Kafka Streams job on it; sourced. What the tests start is the same
# broker (tests/testkit/src/kafka.rs): one node, its own controller, in a temporary folder.
#
# Uses $folder, $here, $events (the file), $count (its lines); sets $bootstrap.

jars=$here/streams/target/libs
broker=

has_java() {
    local said
    said=$(java -version 2>&1) && [[ $said =~ version\ \"(1[7-9]|[2-9][0-9]) ]]
}

# Says in one line what the job lacks.
lacks_streams() {
    has_java || { echo "a JVM, 17 or later (apt-get install openjdk-17-jdk-headless)"; return 0; }
    command -v javac >/dev/null || { echo "a Java compiler (apt-get install openjdk-17-jdk-headless)"; return 0; }
    command -v mvn >/dev/null || { echo "Maven (apt-get install maven)"; return 0; }
    [ -n "${packaged:-}" ] || mvn -q -B -f "$here/streams/pom.xml" package >"$folder/mvn.log" 2>&1 ||
        { echo "the job's jars: $(grep -m1 ERROR "$folder/mvn.log")"; return 0; }
    return 1
}

free_port() {
    local port
    for port in $(shuf -i 20000-29999 -n 50); do
        (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
    done
    return 1
}

kafka_tool() { java -Xmx256m -XX:TieredStopAtLevel=1 -cp "$jars/*" "$@"; }

start_broker() {
    local port controller
    port=$(free_port)
    controller=$(free_port)
    bootstrap=127.0.0.1:$port
    cat >"$folder/server.properties" <<END
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$controller
listeners=PLAINTEXT://$bootstrap,CONTROLLER://127.0.0.1:$controller
advertised.listeners=PLAINTEXT://$bootstrap
controller.listener.names=CONTROLLER
log.dirs=$folder/kafka
num.partitions=2
offsets.topic.num.partitions=1
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
# The flags bear the times of the events, which may be long ago.
log.retention.ms=-1
END
    kafka_tool kafka.tools.StorageTool format -t MkU3OEVBNTcwNTJENDM2Qg \
        -c "$folder/server.properties" >"$folder/broker.log" 2>&1
    java -Xmx1g -cp "$jars/*" kafka.Kafka "$folder/server.properties" >>"$folder/broker.log" 2>&1 &
    broker=$!
    # The topic is there when the broker is.
    local tries
    for ((tries = 0; tries < 10; tries++)); do
        kafka_tool org.apache.kafka.tools.TopicCommand --bootstrap-server "$bootstrap" \
            --create --if-not-exists --topic logins --partitions 2 >"$folder/topic.log" 2>&1 && return
        sleep 1
    done
    cat "$folder/broker.log" "$folder/topic.log" >&2
    return 1
}

stop_broker() {
    [ -z "$broker" ] || { kill "$broker" && wait "$broker"; } 2>/dev/null || true
    broker=
}

# Into the topic, keyed by address, so that the job need not send anything through the broker again.
load_topic() {
    sed -E 's/^.*"ip":"([^"]+)".*$/\1\t&/' "$events" |
        kafka_tool org.apache.kafka.tools.ConsoleProducer --bootstrap-server "$bootstrap" --topic logins \
            --compression-codec lz4 --property parse.key=true --property "key.separator=$(printf '\t')" \
            >"$folder/producer.log" 2>&1
}

# streams_job NAME as-it-comes|lean: prints how long it took, as JSON.
streams_job() {
    java -Xmx1g -cp "$here/streams/target/peer-streams-1.jar:$jars/*" peers.Main "$bootstrap" "$1" \
        "$folder/state.$1" "$count" "${USERS_10M:-15}" "${USERS_1H:-30}" "$2"
    rm -rf "$folder/state.$1"
}

# read_flags NAME: what the job NAME flagged.
read_flags() {
    kafka_tool org.apache.kafka.tools.consumer.ConsoleConsumer --bootstrap-server "$bootstrap" \
        --topic "$1-flags" --from-beginning --timeout-ms 10000 2>"$folder/consumer.log"
}
