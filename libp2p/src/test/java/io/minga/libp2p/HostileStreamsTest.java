package io.minga.libp2p;

import static io.minga.libp2p.RawPeer.ACK;
import static io.minga.libp2p.RawPeer.DATA;
import static io.minga.libp2p.RawPeer.FIN;
import static io.minga.libp2p.RawPeer.GO_AWAY;
import static io.minga.libp2p.RawPeer.PING;
import static io.minga.libp2p.RawPeer.RST;
import static io.minga.libp2p.RawPeer.SYN;
import static io.minga.libp2p.RawPeer.WINDOW_BYTES;
import static io.minga.libp2p.RawPeer.WINDOW_UPDATE;
import static io.minga.libp2p.RawPeer.concat;
import static io.minga.libp2p.RawPeer.data;
import static io.minga.libp2p.RawPeer.header;
import static io.minga.libp2p.RawPeer.open;
import static io.minga.libp2p.Soon.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.minga.libp2p.limits.ResourceUse;
import io.minga.libp2p.limits.Scope;
import io.minga.libp2p.netty.HostBooks;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Attacks on the multiplexer by a peer that has proved who it is. */
final class HostileStreamsTest extends AttackedHost {
  private static final int PROTOCOL_ERROR = 1;

  private final Gathering paused = new Gathering();

  @BeforeEach
  void handlePaused() {
    host.handle(PAUSED, paused);
  }

  /** A handler that reads nothing until it is told to, and counts the chunks that it then gets. */
  private static final class Gathering implements ProtocolHandler, StreamHandler {
    final CompletableFuture<io.minga.libp2p.Stream> opened = new CompletableFuture<>();
    final AtomicInteger chunks = new AtomicInteger();
    final AtomicInteger bytes = new AtomicInteger();

    @Override
    public StreamHandler open(io.minga.libp2p.Stream stream) {
      stream.pauseReading();
      opened.complete(stream);
      return this;
    }

    @Override
    public void read(io.minga.libp2p.Stream stream, ByteBuf chunk) {
      chunks.incrementAndGet();
      bytes.addAndGet(chunk.readableBytes());
      chunk.release();
    }
  }

  static Stream<Arguments> violations() {
    byte[] echo = open(1, ECHO);
    byte[] full = data(0, 1, new byte[WINDOW_BYTES - 200]);
    return Stream.of(
        violation(
            "another version", "yamux version is 1", HexFormat.of().parseHex("01".repeat(12))),
        violation("another type", "yamux frame type is 4", header(4, 0, 0, 0)),
        violation("SYN with our parity", "the peer opens odd ids", header(DATA, SYN, 2, 0)),
        violation("SYN twice", "which is open already", echo, header(DATA, SYN, 1, 0)),
        violation(
            "SYN of a former stream",
            "an id that was used before",
            echo,
            header(DATA, RST, 1, 0),
            header(DATA, SYN, 1, 0)),
        violation("data for the session", "should be for a stream", header(DATA, 0, 0, 1)),
        violation("ping of a stream", "should be for the session", header(PING, SYN, 1, 1)),
        violation("GOAWAY of a stream", "should be for the session", header(GO_AWAY, 0, 1, 0)),
        violation("payload of 2^32 - 1", "should have at most", echo, header(DATA, 0, 1, -1)),
        violation("data after FIN", "came after FIN", echo, data(FIN, 1), data(0, 1, (byte) 1)),
        violation("window overflow", "keep to the window", open(1, PAUSED), full, full),
        violation(
            "window sum over 2^32",
            "window",
            open(1, PAUSED),
            header(WINDOW_UPDATE, 0, 1, -1),
            header(WINDOW_UPDATE, 0, 1, -1)));
  }

  private static Arguments violation(String name, String reason, byte[]... frames) {
    return Arguments.of(name, reason, concat(frames));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("violations")
  void frameAgainstTheRules_endsTheConnectionWithProtocolError(
      String name, String reason, byte[] frames) throws Exception {
    try (RawPeer attacker = RawPeer.connect(host)) {
      attacker.sendAll(frames); // of half a megabyte the last may come after the end

      assertThat(attacker.awaitGoAway()).as(name).isEqualTo(PROTOCOL_ERROR);
      assertThat(heard.awaitEnded(attacker.id())).contains(reason);
    }
  }

  @Test
  void framesAfterRst_areDropped() throws Exception {
    try (RawPeer attacker = RawPeer.connect(host)) {
      attacker.send(
          open(1, ECHO),
          header(DATA, RST, 1, 0),
          data(0, 1, new byte[1000]),
          header(WINDOW_UPDATE, 0, 1, 1000),
          header(DATA, FIN, 1, 0),
          header(DATA, RST, 1, 0));

      assertThat(echoes(attacker, 3)).isTrue();
    }
  }

  @Test
  void framesAfterOurRst_areDropped_andHeldToTheWindow() throws Exception {
    host.handle(
        "/test/resets/1",
        stream -> {
          stream.reset();
          return new Echo();
        });
    try (RawPeer attacker = RawPeer.connect(host)) {
      attacker.send(open(1, "/test/resets/1"));
      RawPeer.Frame frame = attacker.read(1);
      while ((frame.flags() & RST) == 0) {
        frame = attacker.read(1);
      }
      attacker.send(data(0, 1, new byte[100_000]), header(WINDOW_UPDATE, 0, 1, 1));
      assertThat(echoes(attacker, 3)).isTrue();
      attacker.send(header(DATA, 0, 1, WINDOW_BYTES)); // the host doesn't wait for the bytes

      assertThat(attacker.awaitGoAway()).isEqualTo(PROTOCOL_ERROR);
      assertThat(heard.awaitEnded(attacker.id()))
          .contains("should keep to the window of a stream we ended");
    }
  }

  @Test
  void framesForStreamsThatNeverWere_areDropped() throws Exception {
    try (RawPeer attacker = RawPeer.connect(host)) {
      for (int id = 101; id < 2101; id += 2) {
        attacker.send(data(ACK, id, new byte[100]), header(WINDOW_UPDATE, 0, id, 1 << 20));
      }

      assertThat(echoes(attacker, 1)).isTrue();
    }
  }

  /** Whether the connection still carries a stream. */
  private static boolean echoes(RawPeer peer, int streamId) throws Exception {
    peer.send(open(streamId, ECHO), data(0, streamId, (byte) 7));
    ByteArrayOutputStream heard = new ByteArrayOutputStream();
    byte[] expected =
        concat(RawPeer.message(RawPeer.MULTISTREAM), RawPeer.message(ECHO), new byte[] {7});
    while (heard.size() < expected.length) {
      RawPeer.Frame frame = peer.read(streamId);
      if ((frame.flags() & RST) != 0) {
        return false;
      }
      heard.writeBytes(frame.payload().toByteArray());
    }
    return Arrays.equals(heard.toByteArray(), expected);
  }

  @Test
  void floodOfSyns_endsTheConnection() throws Exception {
    try (RawPeer attacker = RawPeer.connect(host)) {
      CompletableFuture<Long> ended = attacker.drain();
      attacker.sendAll(flood(100_000, i -> header(DATA, SYN, 2 * i + 1, 0)));

      ended.get(20, TimeUnit.SECONDS);
      assertThat(heard.awaitEnded(attacker.id())).startsWith("yamux peer opens");
    }
  }

  @Test
  void floodOfStreamsResetAtOnce_endsTheConnection() throws Exception {
    try (RawPeer attacker = RawPeer.connect(host)) {
      CompletableFuture<Long> ended = attacker.drain();
      attacker.sendAll(
          flood(
              50_000,
              i -> concat(open(2 * i + 1, ECHO), header(WINDOW_UPDATE, RST, 2 * i + 1, 0))));

      ended.get(20, TimeUnit.SECONDS);
      assertThat(heard.awaitEnded(attacker.id()))
          .startsWith("yamux peer opens too many streams for nothing");
    }
  }

  @Test
  void streamsThatSayNothing_areHeldUpToALimit_andFreedAtTheDeadline() throws Exception {
    try (RawPeer attacker = RawPeer.connect(host)) {
      attacker.drain();
      attacker.send(flood(400, i -> header(DATA, SYN, 2 * i + 1, 0)));

      await().until(() -> books.use(new Scope.Pending()).streamsInbound() > 0);
      await().until(() -> books.use(new Scope.Pending()), ResourceUse.NONE::equals);
      assertThat(good.mostPending().streamsInbound())
          .isLessThanOrEqualTo(limits().pending().streamsInbound());
      assertThat(heard.ended).isEmpty();
    }
  }

  @Test
  void streamsThatSayNothing_leaveRoomForThoseOfOthers() throws Exception {
    try (RawPeer attacker = RawPeer.connect(host);
        RawPeer other = RawPeer.connect(host)) {
      attacker.drain();
      attacker.send(flood(400, i -> header(DATA, SYN, 2 * i + 1, 0)));
      attacker.send(header(PING, SYN, 0, 1));
      await().until(() -> books.use(new Scope.Pending()).streamsInbound() > 30);

      assertThat(echoes(other, 1)).isTrue();
    }
  }

  @Test
  void streamsOfOneProtocol_areHeldUpToALimit() throws Exception {
    try (RawPeer attacker = RawPeer.connect(host)) {
      attacker.drain();
      attacker.send(flood(300, i -> open(2 * i + 1, ECHO)));

      Scope echoes = new Scope.PeerProtocol(attacker.id(), ECHO);
      int limit = limits().peerProtocol().streamsInbound();
      await().until(() -> books.use(echoes).streamsInbound() == limit);
      assertThat(heard.ended).isEmpty();
    }
  }

  @Test
  void streamsOfManyProtocols_areHeldUpToALimit() throws Exception {
    List<String> protocols = IntStream.range(0, 8).mapToObj(i -> "/test/sink/" + i).toList();
    protocols.forEach(protocol -> host.handle(protocol, stream -> new Echo()));
    try (RawPeer attacker = RawPeer.connect(host)) {
      attacker.drain();
      for (int i = 0; i < 500; i++) {
        attacker.send(open(2 * i + 1, protocols.get(i % 8)));
      }

      int limit = limits().peer().streamsInbound();
      Scope peer = new Scope.Peer(attacker.id());
      await().until(() -> books.use(peer).streamsInbound() >= limit - 2);
      attacker.send(flood(100, i -> open(1001 + 2 * i, protocols.get(i % 8))));
      attacker.send(header(PING, SYN, 0, 1));
      assertThat(books.use(peer).streamsInbound()).isLessThanOrEqualTo(limit);
      assertThat(heard.ended).isEmpty();
    }
  }

  @Test
  void floodOfPings_isAnsweredSoOftenAndNoMore() throws Exception {
    try (RawPeer attacker = RawPeer.connect(host)) {
      byte[] flood = flood(200_000, i -> header(PING, SYN, 0, i));
      Thread sender = new Thread(() -> attacker.sendAll(concat(flood, open(1, ECHO))));
      sender.start();
      int answers = 0;
      for (RawPeer.Frame frame = attacker.read();
          frame.streamId() != 1 || frame.type() != DATA;
          frame = attacker.read()) {
        if (frame.type() == PING && (frame.flags() & ACK) != 0) {
          answers++;
        }
      }
      sender.join();

      assertThat(answers).isLessThan(32 + 32 * 20);
    }
  }

  @Test
  void floodOfEmptyFrames_isTaken() throws Exception {
    try (RawPeer attacker = RawPeer.connect(host)) {
      attacker.drain();
      attacker.send(open(1, ECHO));
      attacker.sendAll(flood(1_000_000, i -> header(DATA, 0, 1, 0)));

      assertThat(heard.ended).isEmpty();
    }
  }

  @Test
  void bodiesThatNeverCome_takeNoMemory() throws Exception {
    try (RawPeer attacker = RawPeer.connect(host)) {
      CompletableFuture<Long> ended = attacker.drain();
      attacker.send(
          flood(60, i -> concat(open(2 * i + 1, PAUSED), header(DATA, 0, 2 * i + 1, 200_000))));

      // A frame must be whole before the next: all that follows is the first one's body.
      Scope peer = new Scope.Peer(attacker.id());
      await().until(() -> books.use(peer).streamsInbound() == 1);
      assertThat(ended).isNotDone();
    }
  }

  @Test
  void manySmallFramesForAReaderThatWaits_areGathered() throws Exception {
    try (RawPeer attacker = RawPeer.connect(host)) {
      attacker.drain();
      attacker.send(open(1, PAUSED));
      io.minga.libp2p.Stream stream = paused.opened.get(20, TimeUnit.SECONDS);
      byte[] one = data(0, 1, (byte) 1);
      int count = 200_000;
      attacker.send(flood(count, i -> one));
      attacker.send(data(FIN, 1));
      // The echo behind it shows that all of it has arrived.
      CompletableFuture<Void> arrived = new CompletableFuture<>();
      host.handle(
          "/test/marker/1",
          marker -> {
            arrived.complete(null);
            return new Echo();
          });
      attacker.send(open(3, "/test/marker/1"));
      arrived.get(20, TimeUnit.SECONDS);
      stream.resumeReading();

      await().until(() -> paused.bytes.get() == count);
      assertThat(paused.chunks.get()).isLessThan(count / 1000);
    }
  }

  @Test
  void garbageInsteadOfFrames_endsTheConnection() throws Exception {
    try (RawPeer attacker = RawPeer.connect(host)) {
      attacker.writeAll(concat(new byte[] {0, 100}, RawPeer.ENTROPY.next(1 << 20)));
      attacker.awaitEnd();

      assertThat(heard.awaitEnded(attacker.id())).contains("authenticate");
    }
  }

  @Test
  void garbageFromAPeerThatDoesNotRead_endsTheConnectionOnce() throws Exception {
    host.handle("/test/spout/1", new Spout());
    try (RawPeer attacker = RawPeer.connect(host)) {
      openSpouts(attacker);
      byte[] frames = new byte[1 << 20]; // of 257 bytes each, wherever one begins
      Arrays.fill(frames, (byte) 1);
      attacker.writeAll(frames);

      // The host has said its reason, and waits for its last bytes to leave.
      assertThat(heard.awaitEnded(attacker.id())).contains("authenticate");
      attacker.writeAll(frames);
      assertThat(attacker.awaitEnd()).isGreaterThan(1 << 16);
    }
  }

  @Test
  void connectionsThatWaitForAPeerThatDoesNotRead_countUntilTheirSocketsAreGone() throws Exception {
    host.handle("/test/spout/1", new Spout());
    List<RawPeer> attackers = new ArrayList<>();
    try {
      for (int i = 0; i < 8; i++) {
        RawPeer attacker = RawPeer.connect(host);
        attackers.add(attacker);
        openSpouts(attacker);
        attacker.send(header(GO_AWAY, 0, 1, 0));
      }
      await().until(() -> heard.ended.size() == attackers.size());

      int counted = books.use(new Scope.Host()).connections();
      assertThat(HostBooks.channels(host)).isLessThanOrEqualTo(1 + counted);
    } finally {
      for (RawPeer attacker : attackers) {
        attacker.close();
      }
    }
  }

  /** Sends megabytes whether anybody reads them or not. */
  private static final class Spout implements ProtocolHandler {
    @Override
    public StreamHandler open(io.minga.libp2p.Stream stream) {
      stream.write(stream.allocator().directBuffer().writeZero(3 << 20));
      return new Echo();
    }
  }

  /** Has the host send more than sockets hold. */
  private static void openSpouts(RawPeer attacker) throws Exception {
    for (int id = 1; id < 9; id += 2) {
      attacker.send(open(id, "/test/spout/1"), header(WINDOW_UPDATE, 0, id, 8 << 20));
    }
    await().until(() -> attacker.socket().getInputStream().available() > 1 << 16);
  }

  private interface FrameOf {
    byte[] at(int index);
  }

  private static byte[] flood(int count, FrameOf frames) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = 0; i < count; i++) {
      all.writeBytes(frames.at(i));
    }
    return all.toByteArray();
  }
}
