package peers;

import java.time.Duration;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.state.WindowStore;

/**
 * Flags an event whose address, the event counted, has more failing users than a limit, in a window of ten minutes
 * or of an hour. The topic is keyed by address, so nothing is sent through the broker a second time.
 */
final class DistinctUsers {
    private static final Serde<Login> LOGIN = Serdes.serdeFrom((topic, login) -> {
        throw new UnsupportedOperationException("logins are only read");
    }, (topic, bytes) -> Login.parse(bytes));
    private static final Serde<Users> USERS =
            Serdes.serdeFrom((topic, users) -> users == null ? null : users.bytes(), (topic, bytes) -> Users.of(bytes));

    private DistinctUsers() {}

    /** {@code progress} is told of each event before it is counted. */
    static Topology topology(String flags, int usersIn10Minutes, int usersInAnHour, boolean changelog, Runnable progress) {
        var builder = new StreamsBuilder();
        var logins = builder
                .stream("logins", Consumed.with(Serdes.String(), LOGIN)
                        .withTimestampExtractor((record, highest) -> ((Login) record.value()).millis()))
                .peek((ip, login) -> progress.run())
                .filter((ip, login) -> login.username() != null);
        flagged(logins, "10m", Duration.ofMinutes(10), usersIn10Minutes, changelog)
                .merge(flagged(logins, "1h", Duration.ofHours(1), usersInAnHour, changelog))
                .to(flags, Produced.with(Serdes.String(), Serdes.String()));
        return builder.build();
    }

    private static KStream<String, String> flagged(
            KStream<String, Login> logins, String name, Duration size, int limit, boolean changelog) {
        // Windows hop by half their length: each event is in two, and the older one decides.
        var windows = TimeWindows.ofSizeAndGrace(size, Duration.ofMinutes(1)).advanceBy(size.dividedBy(2));
        // Without the cache every event's count comes out at once, not the last of many at a commit.
        Materialized<String, Users, WindowStore<Bytes, byte[]>> store =
                Materialized.<String, Users, WindowStore<Bytes, byte[]>>as("users-" + name)
                        .withValueSerde(USERS).withCachingDisabled();
        return logins.groupByKey(Grouped.with(Serdes.String(), LOGIN))
                .windowedBy(windows)
                .aggregate(Users::none, (ip, login, users) -> users.with(login),
                        changelog ? store : store.withLoggingDisabled())
                .toStream()
                .mapValues(users -> new Flag(users.lastEvent(), users.failed().cardinality()))
                .filter((window, flag) -> flag.users() >= limit)
                .map((window, flag) -> KeyValue.pair(window.key(), flag.json(window.key(), name)));
    }

    private record Flag(String eventId, long users) {
        String json(String ip, String window) {
            return String.format("{\"event_id\":\"%s\",\"ip\":\"%s\",\"window\":\"%s\",\"users\":%d}",
                    eventId, ip, window, users);
        }
    }
}
