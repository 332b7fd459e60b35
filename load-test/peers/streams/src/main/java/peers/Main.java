package peers;

import java.lang.management.ManagementFactory;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.state.BuiltInDslStoreSuppliers.InMemoryDslStoreSuppliers;

/**
 * Runs the job until it has counted a number of events, then says how long that took, by the clock from the first
 * event until all was flushed. "lean" keeps the windows in memory and without a changelog, so it forgets them at its end.
 * The flags go to the topic APPLICATION-flags.
 */
public final class Main {
    private static final AtomicLong FIRST = new AtomicLong();

    private Main() {}

    public static void main(String[] args) throws InterruptedException {
        if (args.length != 7) {
            System.err.println("usage: Main BOOTSTRAP APPLICATION STATE_FOLDER EVENTS USERS_10M USERS_1H as-it-comes|lean");
            System.exit(2);
        }
        long events = Long.parseLong(args[3]);
        boolean lean = args[6].equals("lean");
        var seen = new AtomicLong();
        var done = new CountDownLatch(1);
        var topology = DistinctUsers.topology(
                args[1] + "-flags", Integer.parseInt(args[4]), Integer.parseInt(args[5]), !lean, () -> {
            long now = seen.incrementAndGet();
            if (now == 1) {
                FIRST.set(System.nanoTime());
            }
            if (now == events) {
                done.countDown();
            }
        });
        var streams = new KafkaStreams(topology, settings(args[0], args[1], args[2], lean));
        streams.setUncaughtExceptionHandler(error -> {
            error.printStackTrace();
            Runtime.getRuntime().halt(1);
            return null;
        });
        streams.start();
        done.await();
        // What was counted is flushed and committed.
        streams.close();
        var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        System.out.printf("{\"seconds\":%.3f,\"cpu\":%.3f}%n",
                (System.nanoTime() - FIRST.get()) / 1e9, system.getProcessCpuTime() / 1e9);
    }

    private static Properties settings(String bootstrap, String application, String folder, boolean lean) {
        var settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, application);
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
        settings.put(StreamsConfig.STATE_DIR_CONFIG, folder);
        settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 2);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        if (lean) {
            settings.put(StreamsConfig.DSL_STORE_SUPPLIERS_CLASS_CONFIG, InMemoryDslStoreSuppliers.class);
        }
        return settings;
    }
}
