import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * A structure's first exchange with the SIAO, from Java: it describes itself, publishes a vacancy, reads what comes.
 * Of the SIAO it needs the golden examples beside it and nothing else. Settings and what it prints: ../README.md.
 */
public class First {
    static final ObjectMapper JSON = new ObjectMapper();
    static final Map<String, String> ENV = System.getenv();
    static final String PARTNER = ENV.get("SIAO_PARTNER");

    public static void main(String[] arguments) throws Exception {
        var waiting = new HashSet<String>();
        try (var producer = new KafkaProducer<>(connection(), new StringSerializer(), new StringSerializer())) {
            for (var name : List.of("structure.described.v1", "vacancy.published.v1")) {
                var record = golden(name);
                producer.send(record).get();
                waiting.add(header(record.headers(), "ce_id"));
            }
        }
        System.exit(read(waiting) ? 0 : 1);
    }

    static Properties connection() {
        var address = ENV.get("SIAO_ADDRESS");
        var authority = ENV.get("SIAO_CA");
        // Without TLS on your own machine only.
        var loopback = address.startsWith("localhost:") || address.startsWith("127.");
        var settings = new Properties();
        settings.put("bootstrap.servers", address);
        settings.put("security.protocol", loopback && authority == null ? "SASL_PLAINTEXT" : "SASL_SSL");
        if (authority != null) {
            settings.put("ssl.truststore.type", "PEM");
            settings.put("ssl.truststore.location", authority);
        }
        settings.put("sasl.mechanism", "SCRAM-SHA-512");
        settings.put("sasl.jaas.config",
            "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"%s\" password=\"%s\";"
                .formatted(ENV.getOrDefault("SIAO_USER", PARTNER), ENV.get("SIAO_PASSWORD")));
        // The group, whose name begins with our id and a dot, remembers how far we have read.
        settings.put("group.id", PARTNER + ".recipe");
        settings.put("auto.offset.reset", "earliest");
        return settings;
    }

    /** A golden message, in our own name. Its id is kept: whatever is sent again is done once. */
    static ProducerRecord<String, String> golden(String name) throws Exception {
        var document = JSON.readTree(Files.readString(Path.of("../../examples/vacancies", name + ".json")));
        var record = new ProducerRecord<String, String>("partners." + PARTNER + ".vacancies",
            JSON.writeValueAsString(document.get("value")));
        var headers = (ObjectNode) document.get("headers");
        headers.put("ce_source", "/partners/" + PARTNER);
        headers.properties().forEach(header -> record.headers()
            .add(header.getKey(), header.getValue().textValue().getBytes(StandardCharsets.UTF_8)));
        return record;
    }

    /** Prints each notice; true when all that was waited for is accepted. */
    static boolean read(HashSet<String> waiting) throws Exception {
        var deadline = Instant.now().plusSeconds(Long.parseLong(ENV.getOrDefault("SIAO_SECONDS", "60")));
        boolean rejected = false, designated = false;
        try (var consumer = new KafkaConsumer<>(connection(), new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of("partners." + PARTNER + ".notices"));
            while ((!waiting.isEmpty() || !rejected && !designated) && Instant.now().isBefore(deadline)) {
                for (var record : consumer.poll(Duration.ofSeconds(1))) {
                    var type = header(record.headers(), "ce_type");
                    var notice = (ObjectNode) JSON.readTree(record.value());
                    System.out.println(JSON.createObjectNode().put("type", type).setAll(notice));
                    boolean answer = waiting.remove(notice.path("message_id").asText());
                    rejected |= answer && type.equals("message.rejected.v1");
                    designated |= type.equals("household.designated.v1");
                }
            }
        }
        return waiting.isEmpty() && !rejected;
    }

    static String header(org.apache.kafka.common.header.Headers headers, String name) {
        return new String(headers.lastHeader(name).value(), StandardCharsets.UTF_8);
    }
}
