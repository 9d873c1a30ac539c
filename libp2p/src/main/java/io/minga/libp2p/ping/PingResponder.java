package io.minga.libp2p.ping;

import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import java.util.ArrayList;
import java.util.List;

/**
 * The answering side of one ping stream: every 32 bytes that arrive go back, and when the peer
 * closes its side, what it sent is answered first and then our side closes too (js-libp2p
 * half-closes before it reads the echo).
 */
public final class PingResponder {
  /** What happens to the stream. */
  public sealed interface Input {
    /** Bytes of the peer, split anywhere. */
    record Received(Bytes bytes) implements Input {}

    /** The peer closed its side. */
    record RemoteClosed() implements Input {}

    /** The time may have passed the deadline. */
    record Tick() implements Input {}
  }

  /** What the stream's owner does, in order. */
  public sealed interface Effect {
    /** Send these bytes. */
    record Send(Bytes bytes) implements Effect {}

    /** Close our side once everything is sent. */
    record CloseWrite() implements Effect {}

    /** Reset the stream: it has been silent for too long. */
    record Reset() implements Effect {}
  }

  private final long idleNanos;
  private Bytes partial = Bytes.EMPTY;
  private long deadlineNanos;
  private boolean ended;

  /** The responder of a stream that is open since {@code nowNanos}. */
  public PingResponder(PingOptions options, long nowNanos) {
    this.idleNanos = options.idle().toNanos();
    this.deadlineNanos = nowNanos + idleNanos;
  }

  /**
   * Takes one input.
   *
   * @throws WireException if the peer closes its side in the middle of a ping
   * @throws IllegalStateException if bytes or a second close come after the peer's close
   */
  public List<Effect> handle(long nowNanos, Input input) throws WireException {
    if (input instanceof Input.Tick) {
      return tick(nowNanos);
    }
    if (ended) {
      throw new IllegalStateException("the ping stream has ended already");
    }
    return input instanceof Input.Received received
        ? received(nowNanos, received.bytes())
        : remoteClosed();
  }

  /** When the next {@link Input.Tick} is due; {@link Long#MAX_VALUE} if none is. */
  public long nextDeadlineNanos() {
    return ended ? Long.MAX_VALUE : deadlineNanos;
  }

  private List<Effect> received(long nowNanos, Bytes bytes) {
    deadlineNanos = nowNanos + idleNanos;
    Bytes all = partial.concat(bytes);
    int whole = all.length() - all.length() % PingOptions.PING_LENGTH;
    partial = all.slice(whole, all.length());
    return whole == 0 ? List.of() : List.of(new Effect.Send(all.slice(0, whole)));
  }

  private List<Effect> remoteClosed() throws WireException {
    ended = true;
    if (partial.length() > 0) {
      throw new WireException(
          "ping stream closed after %d bytes of a ping, which has %d"
              .formatted(partial.length(), PingOptions.PING_LENGTH));
    }
    return List.of(new Effect.CloseWrite());
  }

  private List<Effect> tick(long nowNanos) {
    List<Effect> effects = new ArrayList<>();
    if (!ended && deadlineNanos - nowNanos <= 0) {
      ended = true;
      effects.add(new Effect.Reset());
    }
    return effects;
  }
}
