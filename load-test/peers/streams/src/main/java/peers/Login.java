package peers;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;

/** What is read of a login event. */
@JsonIgnoreProperties(ignoreUnknown = true)
record Login(@JsonProperty("event_id") String eventId, String time, String outcome, String ip, String username) {
    private static final ObjectReader READER = new ObjectMapper().readerFor(Login.class);

    static Login parse(byte[] json) {
        try {
            return READER.readValue(json);
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }

    boolean failed() {
        return "failure".equals(outcome);
    }

    long millis() {
        return Instant.parse(time).toEpochMilli();
    }
}
