package io.minga.libp2p.multistream;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.libp2p.multistream.Negotiation.Effect;
import io.minga.libp2p.multistream.Negotiation.Failure;
import io.minga.libp2p.multistream.Negotiation.Input;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.Hostile;
import io.minga.libp2p.wire.Seeds;
import io.minga.libp2p.wire.WireException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Two negotiations against each other, and one against anything. */
final class NegotiationPropertiesTest {
  private static final MultistreamOptions OPTIONS = MultistreamOptions.DEFAULT;
  private static final Bytes DATA = Bytes.fromHex("00ff0a2f");

  static LongStream seeds() {
    return Seeds.seeds(500);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void twoSides_agreeOnTheFirstCommonCandidate_howeverBytesAreSplit(long seed)
      throws WireException {
    Random random = new Random(seed);
    List<String> candidates = someProtocols(random);
    List<String> supported = someProtocols(random);
    // A responder without the protocol would read the data of a lazy initiator as proposals.
    boolean lazy = random.nextBoolean() && supported.contains(candidates.get(0));
    if (lazy) {
      candidates = candidates.subList(0, 1);
    }
    Candidates encoded = Candidates.of(candidates);
    Side initiator =
        new Side(
            lazy
                ? Negotiation.lazyInitiator(encoded, OPTIONS)
                : Negotiation.initiator(encoded, OPTIONS));
    Side responder = new Side(Negotiation.responder(supported::contains, OPTIONS));
    initiator.handle(new Input.Opened());
    responder.handle(new Input.Opened());
    while (initiator.pass(responder, random) || responder.pass(initiator, random)) {
      // until both are silent
    }

    List<String> common = candidates.stream().filter(supported::contains).toList();
    if (common.isEmpty()) {
      assertThat(initiator.failure).isEqualTo(Failure.NOT_SUPPORTED);
      assertThat(responder.agreed).isNull();
    } else {
      assertThat(initiator.failure).isNull();
      assertThat(initiator.agreed).isEqualTo(common.get(0));
      assertThat(responder.agreed).isEqualTo(common.get(0));
      assertThat(responder.residual).isEqualTo(DATA);
      assertThat(initiator.residual).isEqualTo(DATA);
    }
    assertThat(initiator.negotiation.isFinished()).isTrue();
  }

  @Test
  void negotiation_cutAnywhere_waitsAndThenGoesOn() throws WireException {
    byte[] conversation =
        Message.HEADER.concat(Message.NA).concat(Message.ofProtocol("/b/1")).toByteArray();
    for (int cut = 0; cut < conversation.length; cut++) {
      Side initiator =
          new Side(Negotiation.initiator(Candidates.of(List.of("/a/1", "/b/1")), OPTIONS));
      initiator.handle(new Input.Opened());
      initiator.handle(new Input.Received(ByteBuffer.wrap(conversation, 0, cut)));
      assertThat(initiator.agreed).as("after %d bytes", cut).isNull();
      initiator.handle(
          new Input.Received(ByteBuffer.wrap(conversation, cut, conversation.length - cut)));
      assertThat(initiator.agreed).as("cut after %d bytes", cut).isEqualTo("/b/1");
    }
  }

  @Test
  void responder_survivesHostileBytes() {
    Bytes opening = Candidates.of("/a/1").opening();
    List<byte[]> corpus =
        List.of(
            opening.toByteArray(),
            opening.concat(DATA).toByteArray(),
            Message.HEADER.concat(Message.LS).concat(Message.ofProtocol("/a/1")).toByteArray(),
            Message.HEADER.concat(Message.ofProtocol("/" + "x".repeat(500))).toByteArray());
    Hostile.fuzz(1, corpus, input -> feed(Negotiation.responder("/a/1"::equals, OPTIONS), input));
  }

  @Test
  void initiator_survivesHostileBytes() {
    Candidates candidates = Candidates.of(List.of("/a/1", "/b/1"));
    List<byte[]> corpus =
        List.of(
            Message.HEADER.concat(Message.NA).concat(candidates.message(1)).toByteArray(),
            candidates.opening().concat(DATA).toByteArray());
    Hostile.fuzz(2, corpus, input -> feed(Negotiation.initiator(candidates, OPTIONS), input));
    Hostile.fuzz(
        3, corpus, input -> feed(Negotiation.lazyInitiator(Candidates.of("/a/1"), OPTIONS), input));
  }

  private static Object feed(Negotiation negotiation, byte[] input) throws WireException {
    negotiation.handle(0, new Input.Opened());
    return negotiation.handle(0, new Input.Received(ByteBuffer.wrap(input)));
  }

  private static List<String> someProtocols(Random random) {
    Function<Integer, String> name = n -> "/p/" + "long/".repeat(n * n) + n;
    List<String> all =
        new ArrayList<>(LongStream.range(0, 8).boxed().map(Long::intValue).map(name).toList());
    Collections.shuffle(all, random);
    return all.subList(0, 1 + random.nextInt(all.size()));
  }

  /** One side with what it has sent and not yet passed on, and what came out of it. */
  private static final class Side {
    final Negotiation negotiation;
    Bytes outgoing = Bytes.EMPTY;
    Bytes residual = Bytes.EMPTY;
    @Nullable String agreed;
    @Nullable Failure failure;

    Side(Negotiation negotiation) {
      this.negotiation = negotiation;
    }

    void handle(Input input) throws WireException {
      for (Effect effect : negotiation.handle(0, input)) {
        if (effect instanceof Effect.Write write) {
          outgoing = outgoing.concat(write.bytes());
        } else if (effect instanceof Effect.Agreed agreement) {
          agreed = agreement.protocol();
          outgoing = outgoing.concat(DATA);
        } else if (effect instanceof Effect.Failed failed) {
          failure = failed.failure();
        }
      }
    }

    /** Passes some bytes on, in a heap or a direct buffer; whether there were any. */
    boolean pass(Side other, Random random) throws WireException {
      if (outgoing.length() == 0) {
        return false;
      }
      int count = 1 + random.nextInt(Math.min(outgoing.length(), 1 + random.nextInt(64)));
      ByteBuffer in =
          random.nextBoolean() ? ByteBuffer.allocate(count) : ByteBuffer.allocateDirect(count);
      in.put(outgoing.slice(0, count).asReadOnlyBuffer()).flip();
      outgoing = outgoing.slice(count, outgoing.length());
      if (!other.negotiation.isFinished()) {
        other.handle(new Input.Received(in));
      }
      other.residual = other.residual.concat(Bytes.copyOf(in));
      return true;
    }
  }
}
