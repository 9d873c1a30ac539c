package io.minga.libp2p.interop;

import static io.minga.libp2p.interop.PeerProcess.about;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.awaitility.core.ThrowingRunnable;
import org.jspecify.annotations.Nullable;

/** Our host and a peer of a library, with one security protocol between them. */
final class Pair implements AutoCloseable {
  /** Whose process a command is given to. */
  enum Side {
    OURS,
    THEIRS;

    Side other() {
      return this == OURS ? THEIRS : OURS;
    }
  }

  /** How long an ordinary command may take; a machine may be busy. */
  static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(30);

  private static final Duration SETTLE_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration POLL_INTERVAL = Duration.ofMillis(10);

  final Library library;
  final String security;
  final Side dialer;
  private final Path logs;
  private final List<PeerProcess> started = new ArrayList<>();
  private final List<PeerProcess> startedOfOurs = new ArrayList<>();
  private @Nullable PeerProcess ours;
  private @Nullable PeerProcess theirs;

  Pair(Library library, String security, Side dialer, Path logs) {
    this.library = library;
    this.security = security;
    this.dialer = dialer;
    this.logs = logs;
  }

  /** What a row of the table and a log are called after. */
  @Override
  public String toString() {
    return "%s %s, %s dial"
        .formatted(
            library.name().toLowerCase(Locale.ROOT), security, dialer == Side.OURS ? "we" : "they");
  }

  /** The process of {@code side}, started if it isn't running. */
  PeerProcess peer(Side side) {
    PeerProcess running = side == Side.OURS ? ours : theirs;
    if (running == null) {
      running = start(side);
      if (side == Side.OURS) {
        ours = running;
      } else {
        theirs = running;
      }
    }
    return running;
  }

  private PeerProcess start(Side side) {
    Library run = side == Side.OURS ? Library.JAVA : library;
    String name = "%s peer of (%s)".formatted(side == Side.OURS ? "our" : "their", this);
    String log =
        "%s-%s-%s-dials-%d-%s.log"
            .formatted(library, security, dialer, started.size() + 1, side)
            .toLowerCase(Locale.ROOT);
    PeerProcess peer =
        new PeerProcess(name, run.executable().orElseThrow(), security, logs.resolve(log));
    started.add(peer);
    if (run == Library.JAVA) {
      startedOfOurs.add(peer);
    }
    return peer;
  }

  /** Kills the process of {@code side}; the next use of it starts a new one. */
  void kill(Side side) {
    peer(side).kill();
    if (side == Side.OURS) {
      ours = null;
    } else {
      theirs = null;
    }
  }

  /** The library of {@code side}. */
  Library library(Side side) {
    return side == Side.OURS ? Library.JAVA : library;
  }

  /** Connects the two, in this pair's direction, by a connection that is new. */
  void connectAnew() {
    PeerProcess from = peer(dialer);
    PeerProcess to = peer(dialer.other());
    to.id(); // both start at the same time
    disconnect();
    from.ask("connect", PeerProcess.to(to), COMMAND_TIMEOUT);
    settles(
        () -> {
          assertThat(connected(from)).containsExactly(to.id());
          assertThat(connected(to)).containsExactly(from.id());
        });
  }

  /** The dialer ends the connection, if there is one, and both notice. */
  void disconnect() {
    PeerProcess from = peer(dialer);
    PeerProcess to = peer(dialer.other());
    if (!connected(from).isEmpty()) {
      from.ask("disconnect", about(to), COMMAND_TIMEOUT);
    }
    settles(
        () -> {
          assertThat(connected(from)).isEmpty();
          assertThat(connected(to)).isEmpty();
        });
  }

  /** Each holds a stream to the other. */
  void holdFromBoth() {
    for (Side side : Side.values()) {
      peer(side).ask("hold", about(peer(side.other())), COMMAND_TIMEOUT);
    }
    for (Side side : Side.values()) {
      settles(() -> assertThat(count(side, "openStreams")).as("open streams").isEqualTo(2));
    }
  }

  /** Waits until neither has a stream of the contract's protocols. */
  void settlesWithoutStreams() {
    for (Side side : Side.values()) {
      settles(() -> assertThat(count(side, "openStreams")).as("open streams").isZero());
    }
  }

  /** One of the counters of {@code stats}. */
  int count(Side side, String counter) {
    return peer(side).ask("stats", COMMAND_TIMEOUT).path(counter).asInt(-1);
  }

  static List<String> connected(PeerProcess peer) {
    return texts(peer.ask("connected", COMMAND_TIMEOUT).path("peers"));
  }

  static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(text -> texts.add(text.asText()));
    return texts;
  }

  /** Waits until {@code assertion} holds. */
  static void settles(ThrowingRunnable assertion) {
    await()
        .pollInSameThread()
        .pollDelay(Duration.ZERO)
        .pollInterval(POLL_INTERVAL)
        .atMost(SETTLE_TIMEOUT)
        .untilAsserted(assertion);
  }

  /** All that processes of our host said on stderr. */
  String ourLogs() {
    return startedOfOurs.stream().map(PeerProcess::log).collect(Collectors.joining());
  }

  @Override
  public void close() {
    started.forEach(PeerProcess::close);
  }
}
