package io.minga.gossip.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.minga.libp2p.interop.Library;
import io.minga.libp2p.interop.PeerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/** A library's peer with gossip, driven by the contract of interop/README.md. */
final class TheirPeer implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(30);
  private static final Path LOGS =
      Path.of(System.getProperty("basedir", "")).resolve("target/interop/logs");
  private static final AtomicInteger STARTED = new AtomicInteger();

  /** The option with which rust takes messages of 200 KiB, as others do. */
  static final String LARGE_RPCS = "\"rpcBytesMax\":1048576";

  /** One message that came to it. */
  record Received(String from, String via, int bytes, String sha256) {}

  private final PeerProcess process;

  private TheirPeer(PeerProcess process) {
    this.process = process;
  }

  /** Whose heart beats fast; {@code more} are further options as JSON members. */
  static TheirPeer start(Library library, String... more) {
    List<String> options = new ArrayList<>(List.of("\"heartbeatMillis\":200"));
    options.addAll(List.of(more));
    String name = library.name().toLowerCase(Locale.ROOT);
    PeerProcess process =
        new PeerProcess(
            "the " + name + " peer",
            library.executable().orElseThrow(),
            "noise",
            LOGS.resolve("%s-%d.log".formatted(name, STARTED.incrementAndGet())),
            "--gossipsub",
            "{" + String.join(",", options) + "}");
    TheirPeer peer = new TheirPeer(process);
    peer.subscribe();
    return peer;
  }

  /**
   * One that publishes to as few as it can. Nobody would be too few: js then publishes to all, and
   * rust doesn't keep what goes to nobody.
   */
  static TheirPeer startShy(Library library) {
    String d = library == Library.JS || library == Library.RUST ? "1" : "0";
    return start(
        library,
        "\"floodPublish\":false",
        "\"d\":" + d,
        "\"dLow\":" + d,
        "\"dHigh\":" + d,
        "\"dOut\":0");
  }

  void subscribe() {
    onTopic("subscribe");
  }

  void unsubscribe() {
    onTopic("unsubscribe");
  }

  /** Publishes test data and gives its sha256. */
  String publish(int bytes, int seed) {
    ObjectNode fields = topic().put("bytes", bytes).put("seed", seed);
    return process.ask("publish", fields, COMMAND_TIMEOUT).path("sha256").asText();
  }

  List<Received> received() {
    List<Received> all = new ArrayList<>();
    onTopic("messages")
        .path("messages")
        .forEach(
            it ->
                all.add(
                    new Received(
                        it.path("from").asText(),
                        it.path("via").asText(),
                        it.path("bytes").asInt(),
                        it.path("sha256").asText())));
    return all;
  }

  List<String> mesh() {
    return texts(onTopic("mesh").path("peers"));
  }

  List<String> subscribers() {
    return texts(onTopic("subscribers").path("peers"));
  }

  List<String> connected() {
    return texts(process.ask("connected", COMMAND_TIMEOUT).path("peers"));
  }

  /** The protocol of its stream to {@code peer}. */
  String protocol(String peer) {
    return process.ask("gossipPeers", COMMAND_TIMEOUT).path("peers").path(peer).asText();
  }

  /** The protocols of all its streams. */
  List<String> protocols() {
    return texts(process.ask("gossipPeers", COMMAND_TIMEOUT).path("peers"));
  }

  /** How many of {@code kind} it has sent. */
  int sent(String kind) {
    return count("sent", kind);
  }

  /** How many of {@code kind} have come to it. */
  int got(String kind) {
    return count("received", kind);
  }

  private int count(String direction, String kind) {
    return process.ask("gossipStats", COMMAND_TIMEOUT).path(direction).path(kind).asInt(-1);
  }

  String id() {
    return process.id();
  }

  String address() {
    return process.dialAddress();
  }

  void connect(String address) {
    process.ask("connect", JSON.createObjectNode().put("addr", address), COMMAND_TIMEOUT);
  }

  private JsonNode onTopic(String command) {
    return process.ask(command, topic(), COMMAND_TIMEOUT);
  }

  private static ObjectNode topic() {
    return JSON.createObjectNode().put("topic", "interop");
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(it -> texts.add(it.asText()));
    return texts;
  }

  @Override
  public void close() {
    process.kill();
  }
}
