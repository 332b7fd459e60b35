package peers;

import com.clearspring.analytics.stream.cardinality.HyperLogLogPlus;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** The distinct users who failed at an address in a window, and the event that was counted last. */
record Users(String lastEvent, HyperLogLogPlus failed) {
    /** The precision of the Rust baseline: 4,096 registers, sparse while small. */
    static Users none() {
        return new Users("", new HyperLogLogPlus(12, 25));
    }

    Users with(Login login) {
        if (login.failed()) {
            failed.offer(login.username());
        }
        return new Users(login.eventId(), failed);
    }

    byte[] bytes() {
        try {
            var bytes = new ByteArrayOutputStream(256);
            var out = new DataOutputStream(bytes);
            out.writeUTF(lastEvent);
            out.write(failed.getBytes());
            return bytes.toByteArray();
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }

    static Users of(byte[] bytes) {
        if (bytes == null) {
            return null;
        }
        try {
            var in = new DataInputStream(new ByteArrayInputStream(bytes));
            return new Users(in.readUTF(), HyperLogLogPlus.Builder.build(in.readAllBytes()));
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }
}
