package io.minga.libp2p.multistream;

import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One negotiation of what a connection or stream speaks, in either role (multistream-select 1.0.0).
 *
 * <p>It begins with {@link Input.Opened}, takes bytes as they come, split anywhere, and is over
 * once {@link #isFinished()}. It never takes a byte that follows the negotiation: those stay in the
 * input's buffer, after its position, and belong to the agreed protocol.
 *
 * <p>A lazy initiator has one candidate and needn't wait for the answer: {@link Effect.Agreed}
 * comes with the first write, so that first data can share its packet. The answer is still read and
 * checked, and ends in {@link Effect.Confirmed} or {@link Effect.Failed}; whoever closes the stream
 * before that should keep reading until then, so that the responder can still write its answer.
 *
 * <p>A write may fail because the peer, having sent all it wants, closed its reading side. That
 * doesn't end a negotiation: go on with the effects that follow.
 */
public final class Negotiation {
  /** What happens to a negotiation. */
  public sealed interface Input {
    /** The connection or stream is there; the first input. */
    record Opened() implements Input {}

    /** Bytes from the peer: those between the position and the limit. The position moves. */
    record Received(ByteBuffer bytes) implements Input {}

    /** The peer sends no more. */
    record Closed() implements Input {}

    /** Time has passed. */
    record Tick() implements Input {}
  }

  /** What the owner of a negotiation is to do, in order. */
  public sealed interface Effect {
    /** Write these bytes. */
    record Write(Bytes bytes) implements Effect {}

    /**
     * Speak {@code protocol}. If {@code lazy}, the peer hasn't confirmed it yet: data may be sent,
     * and what is received still goes through the negotiation first.
     */
    record Agreed(String protocol, boolean lazy) implements Effect {}

    /** The peer confirmed what was agreed lazily. */
    record Confirmed() implements Effect {}

    /** There will be no agreement, or the lazy one is void. */
    record Failed(Failure failure) implements Effect {}
  }

  /** Why a negotiation ended without agreement though nobody broke a rule. */
  public enum Failure {
    /** The responder has none of the candidates. */
    NOT_SUPPORTED,
    /** The deadline passed. */
    TIMED_OUT,
    /** The peer stopped sending before an agreement. */
    CLOSED
  }

  private enum Phase {
    NOT_OPENED,
    HEADER,
    PROTOCOL,
    FINISHED
  }

  private final MultistreamOptions options;
  private final boolean lazy;

  /** Exactly one of these two is there: the first makes it an initiator, the second a responder. */
  private final @Nullable Candidates candidates;

  private final @Nullable Predicate<String> supported;

  private final MessageReader reader = new MessageReader();
  private Phase phase = Phase.NOT_OPENED;
  private long deadlineNanos;

  /** The candidate under discussion, or how many an initiator has proposed to us. */
  private int proposals;

  private Negotiation(
      @Nullable Candidates candidates,
      boolean lazy,
      @Nullable Predicate<String> supported,
      MultistreamOptions options) {
    this.candidates = candidates;
    this.lazy = lazy;
    this.supported = supported;
    this.options = options;
  }

  /** An initiator that proposes {@code candidates} in order and waits for each answer. */
  public static Negotiation initiator(Candidates candidates, MultistreamOptions options) {
    return new Negotiation(candidates, false, null, options);
  }

  /**
   * An initiator that takes its only candidate for agreed before the peer has answered.
   *
   * @throws IllegalArgumentException if there is more than one candidate
   */
  public static Negotiation lazyInitiator(Candidates candidates, MultistreamOptions options) {
    if (candidates.count() != 1) {
      throw new IllegalArgumentException(
          "only a single candidate can be negotiated lazily, not " + candidates.protocols());
    }
    return new Negotiation(candidates, true, null, options);
  }

  /** A responder that speaks the protocols for which {@code supported} is true. */
  public static Negotiation responder(Predicate<String> supported, MultistreamOptions options) {
    return new Negotiation(null, false, supported, options);
  }

  /**
   * Takes one input and returns what to do. Ticks and closes after the end do nothing.
   *
   * @throws WireException if the peer breaks a rule; the negotiation is over then
   * @throws IllegalStateException if bytes come before {@code Opened} or after the end
   */
  public List<Effect> handle(long nowNanos, Input input) throws WireException {
    if (input instanceof Input.Opened) {
      return opened(nowNanos);
    }
    if (phase == Phase.NOT_OPENED) {
      throw new IllegalStateException("the first input of a negotiation is Opened, not " + input);
    }
    if (phase == Phase.FINISHED) {
      if (input instanceof Input.Received) {
        throw new IllegalStateException("bytes for a negotiation that is over");
      }
      return List.of();
    }
    if (deadlineNanos - nowNanos <= 0) {
      return fail(Failure.TIMED_OUT);
    }
    if (input instanceof Input.Received received) {
      return received(received.bytes());
    }
    return input instanceof Input.Closed ? fail(Failure.CLOSED) : List.of();
  }

  /** When the next {@link Input.Tick} is due, or {@link Long#MAX_VALUE} if none is. */
  public long nextDeadlineNanos() {
    return phase == Phase.NOT_OPENED || phase == Phase.FINISHED ? Long.MAX_VALUE : deadlineNanos;
  }

  /** Whether the negotiation is over: what comes now belongs to the agreed protocol, if any. */
  public boolean isFinished() {
    return phase == Phase.FINISHED;
  }

  private List<Effect> opened(long nowNanos) {
    if (phase != Phase.NOT_OPENED) {
      throw new IllegalStateException("a negotiation is opened once");
    }
    phase = Phase.HEADER;
    deadlineNanos = nowNanos + options.timeout().toNanos();
    if (candidates == null) {
      return List.of();
    }
    Effect write = new Effect.Write(candidates.opening());
    return lazy ? List.of(write, new Effect.Agreed(candidates.protocol(0), true)) : List.of(write);
  }

  private List<Effect> received(ByteBuffer in) throws WireException {
    Phase before = phase;
    phase = Phase.FINISHED; // and stays so if a message breaks a rule
    List<Effect> effects = new ArrayList<>(2);
    Phase after = before;
    Bytes message = reader.next(in);
    while (message != null) {
      if (after == Phase.HEADER) {
        header(message, effects);
        after = Phase.PROTOCOL;
      } else {
        after =
            candidates != null ? answer(candidates, message, effects) : proposal(message, effects);
      }
      message = after == Phase.FINISHED ? null : reader.next(in);
    }
    phase = after;
    return effects;
  }

  private void header(Bytes message, List<Effect> effects) throws WireException {
    if (!message.equals(Message.HEADER)) {
      throw new WireException("the first multistream message is not /multistream/1.0.0");
    }
    if (candidates == null) {
      reply(Message.HEADER, effects);
    }
  }

  /** As initiator: what the peer says of the current candidate. */
  private Phase answer(Candidates candidates, Bytes message, List<Effect> effects)
      throws WireException {
    if (message.equals(candidates.message(proposals))) {
      effects.add(
          lazy ? new Effect.Confirmed() : new Effect.Agreed(candidates.protocol(proposals), false));
      return Phase.FINISHED;
    }
    if (!message.equals(Message.NA)) {
      throw new WireException(
          "the answer to the proposal of "
              + candidates.protocol(proposals)
              + " is neither its echo nor na");
    }
    proposals++;
    if (proposals == candidates.count()) {
      effects.add(new Effect.Failed(Failure.NOT_SUPPORTED));
      return Phase.FINISHED;
    }
    reply(candidates.message(proposals), effects);
    return Phase.PROTOCOL;
  }

  /** As responder: what the peer proposes. */
  private Phase proposal(Bytes message, List<Effect> effects) throws WireException {
    proposals++;
    if (proposals > options.proposalsMax()) {
      throw new WireException(
          "more than " + options.proposalsMax() + " protocols are proposed in one negotiation");
    }
    String protocol = Message.text(message);
    if (Message.isReserved(message) || !Objects.requireNonNull(supported).test(protocol)) {
      reply(Message.NA, effects);
      return Phase.PROTOCOL;
    }
    reply(message, effects);
    effects.add(new Effect.Agreed(protocol, false));
    return Phase.FINISHED;
  }

  /** Writes {@code message} together with what the same input has already made us say. */
  private static void reply(Bytes message, List<Effect> effects) {
    int last = effects.size() - 1;
    if (last >= 0 && effects.get(last) instanceof Effect.Write write) {
      effects.set(last, new Effect.Write(write.bytes().concat(message)));
    } else {
      effects.add(new Effect.Write(message));
    }
  }

  private List<Effect> fail(Failure failure) {
    phase = Phase.FINISHED;
    return List.of(new Effect.Failed(failure));
  }
}
