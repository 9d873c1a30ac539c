package io.minga.libp2p;

import static io.minga.libp2p.RawPeer.ACK;
import static io.minga.libp2p.RawPeer.FIN;
import static io.minga.libp2p.RawPeer.PING;
import static io.minga.libp2p.RawPeer.RST;
import static io.minga.libp2p.RawPeer.SYN;
import static io.minga.libp2p.RawPeer.WINDOW_BYTES;
import static io.minga.libp2p.RawPeer.WINDOW_UPDATE;
import static io.minga.libp2p.RawPeer.concat;
import static io.minga.libp2p.RawPeer.data;
import static io.minga.libp2p.RawPeer.header;
import static io.minga.libp2p.RawPeer.message;
import static io.minga.libp2p.RawPeer.open;
import static io.minga.libp2p.Soon.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.libp2p.HostException.Kind;
import io.minga.libp2p.identify.IdentifyMessage;
import io.minga.libp2p.identity.PrivateKey;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.ping.PingOptions;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.Uvarint;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Attacks on identify and ping, and on what an application does when a peer is gone. */
final class HostileProtocolsTest extends AttackedHost {
  /** The first stream that the host opens asks the peer who it is. */
  private static final int IDENTIFY_STREAM = 2;

  private static final int MIB = 1 << 20;

  /** Hears the question and agrees to answer it. */
  private RawPeer asked() throws Exception {
    RawPeer attacker = RawPeer.connect(host);
    attacker.read(IDENTIFY_STREAM);
    attacker.send(
        data(
            ACK,
            IDENTIFY_STREAM,
            concat(message(RawPeer.MULTISTREAM), message(IdentifyMessage.PROTOCOL))));
    return attacker;
  }

  private static byte[] framed(IdentifyMessage said) {
    Bytes encoded = said.encode();
    return Uvarint.encode(encoded.length()).concat(encoded).toByteArray();
  }

  private static IdentifyMessage saying(PrivateKey key, List<Multiaddr> addresses) {
    return new IdentifyMessage(
        key.publicKey(), addresses, List.of(ECHO), null, "ipfs/0.1.0", "attacker/1", null);
  }

  static Stream<Arguments> answers() {
    PrivateKey another = PrivateKey.generate(RawPeer.CRYPTO, RawPeer.ENTROPY);
    byte[] good = framed(saying(another, List.of()));
    return Stream.of(
        Arguments.of(
            "1 MiB",
            concat(Uvarint.encode(MIB).toByteArray(), new byte[WINDOW_BYTES - 1000]),
            "8192"),
        Arguments.of("length 2^63", Uvarint.encode(Long.MAX_VALUE).toByteArray(), "8192"),
        Arguments.of("another's key", good, "key"),
        Arguments.of("cut in the middle", Arrays.copyOf(good, 20), "stream ends after 19"),
        Arguments.of("nothing", new byte[0], "without a message"),
        Arguments.of("a thousand empty messages", new byte[1000], "more than 10 messages"),
        Arguments.of(
            "garbage", concat(Uvarint.encode(1000).toByteArray(), RawPeer.ENTROPY.next(1000)), ""));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("answers")
  void identifyAgainstTheRules_failsAndHarmsNothingElse(String name, byte[] answer, String reason)
      throws Exception {
    try (RawPeer attacker = asked()) {
      attacker.send(data(0, IDENTIFY_STREAM, answer), data(FIN, IDENTIFY_STREAM));
      Connection connection = heard.awaitConnected(attacker.id());

      assertThatThrownBy(() -> connection.identified().get(20, TimeUnit.SECONDS))
          .as(name)
          .cause()
          .hasMessageContaining(reason)
          .extracting(e -> ((HostException) e).kind())
          .isEqualTo(Kind.PEER_VIOLATION);
      assertThat(connection.isOpen()).isTrue();
    }
  }

  @Test
  void identifyThatNeverEnds_endsAtTheDeadline() throws Exception {
    try (RawPeer attacker = asked()) {
      Connection connection = heard.awaitConnected(attacker.id());
      byte[] said = framed(saying(attacker.key(), List.of()));
      for (int i = 0; i < 50; i++) {
        attacker.sendLater(i * 100L, data(0, IDENTIFY_STREAM, said[i]));
      }

      assertThatThrownBy(() -> connection.identified().get(20, TimeUnit.SECONDS))
          .cause()
          .extracting(e -> ((HostException) e).kind())
          .isEqualTo(Kind.TIMED_OUT);
      await().until(() -> connection.openStreams() == 0);
      assertThat(connection.isOpen()).isTrue();
    }
  }

  @Test
  void pushOfOneMebibyte_resetsItsStreamAlone() throws Exception {
    try (RawPeer attacker = RawPeer.connect(host)) {
      attacker.send(
          open(1, IdentifyMessage.PUSH_PROTOCOL), data(0, 1, Uvarint.encode(MIB).toByteArray()));
      RawPeer.Frame frame = attacker.read(1);
      while ((frame.flags() & RST) == 0) {
        frame = attacker.read(1);
      }

      assertThat(heard.awaitConnected(attacker.id()).isOpen()).isTrue();
    }
  }

  @Test
  void pushesThatNeverEnd_endAtTheDeadline() throws Exception {
    try (RawPeer attacker = RawPeer.connect(host)) {
      for (int id = 1; id < 60; id += 2) {
        attacker.send(open(id, IdentifyMessage.PUSH_PROTOCOL), data(0, id, (byte) 100));
      }
      attacker.drain();
      Connection connection = heard.awaitConnected(attacker.id());

      await().until(() -> connection.openStreams() >= 30);
      await().until(() -> connection.openStreams() == 0);
      assertThat(connection.isOpen()).isTrue();
    }
  }

  @Test
  void pingsWhoseEchoesNobodyTakes_areReadNoFurther() throws Exception {
    try (RawPeer attacker = RawPeer.connect(host)) {
      byte[] opening = concat(message(RawPeer.MULTISTREAM), message(PingOptions.PROTOCOL));
      attacker.send(data(SYN, 1, opening));
      int credit = WINDOW_BYTES - opening.length;
      int sent = 0;
      for (int barrier = 1; credit > 0 && sent <= 3 * MIB; barrier += 2) {
        attacker.send(data(0, 1, new byte[credit]));
        sent += credit;
        // The first answer shows that it was read, the second that the credit for it is here.
        credit =
            creditUntilAnswered(attacker, barrier) + creditUntilAnswered(attacker, barrier + 1);
      }

      assertThat(credit).isZero();
    }
  }

  private static int creditUntilAnswered(RawPeer attacker, int value) throws Exception {
    attacker.send(header(PING, SYN, 0, value));
    int credit = 0;
    while (true) {
      RawPeer.Frame frame = attacker.read();
      if (frame.type() == PING && (frame.flags() & SYN) != 0) {
        attacker.send(header(PING, ACK, 0, frame.length()));
      } else if (frame.type() == PING && frame.length() == value) {
        return credit;
      } else if (frame.type() == WINDOW_UPDATE && frame.streamId() == 1) {
        credit += frame.length();
      }
    }
  }

  @Test
  void pingThatIsAnsweredWrong_fails() throws Exception {
    try (RawPeer attacker = asked()) {
      attacker.send(data(FIN, IDENTIFY_STREAM));
      heard.awaitConnected(attacker.id());
      CompletableFuture<Duration> ping = host.ping(attacker.id());
      RawPeer.Frame asking = attacker.read(4);
      while (asking.payload().length() == 0) {
        asking = attacker.read(4);
      }
      attacker.send(
          data(ACK, 4, concat(message(RawPeer.MULTISTREAM), message(PingOptions.PROTOCOL))),
          data(0, 4, new byte[32]));

      assertThatThrownBy(() -> ping.get(20, TimeUnit.SECONDS))
          .cause()
          .extracting(e -> ((HostException) e).kind())
          .isEqualTo(Kind.PEER_VIOLATION);
    }
  }

  @Test
  void aPeerThatDiesDuringAPing_failsThePing() throws Exception {
    RawPeer attacker = asked();
    heard.awaitConnected(attacker.id());
    CompletableFuture<Duration> ping = host.ping(attacker.id());
    attacker.read(4);
    attacker.abort();

    assertThatThrownBy(() -> ping.get(20, TimeUnit.SECONDS))
        .cause()
        .isInstanceOf(HostException.class);
    assertThat(heard.awaitEnded(attacker.id())).isNotBlank();
  }

  @Test
  void aStreamOpenedBecauseAnotherEnded_failsWithItsConnection() throws Exception {
    AtomicInteger refusals = new AtomicInteger();
    host.handle("/test/again/1", stream -> new Again(refusals));
    RawPeer attacker = RawPeer.connect(host);
    for (int id = 1; id < 20; id += 2) {
      attacker.send(open(id, "/test/again/1"));
    }
    Connection connection = heard.awaitConnected(attacker.id());
    await().until(() -> connection.openStreams() >= 10);
    attacker.abort();

    await().until(() -> refusals.get() == 10);
    assertThat(heard.awaitEnded(attacker.id())).isNotBlank();
  }

  /** Tries again on the same connection when its stream ends, as an application might. */
  private record Again(AtomicInteger refusals) implements StreamHandler {
    @Override
    public void read(io.minga.libp2p.Stream stream, ByteBuf bytes) {
      bytes.release();
    }

    @Override
    public void closed(io.minga.libp2p.Stream stream, @Nullable HostException cause) {
      stream.write(Unpooled.wrappedBuffer(new byte[10]));
      stream
          .connection()
          .newStream(List.of(ECHO), ignored -> new Echo())
          .whenComplete(
              (opened, failure) -> {
                if (failure instanceof HostException reason && reason.kind() == Kind.CLOSED) {
                  refusals.incrementAndGet();
                }
              });
    }
  }
}
