package io.minga.libp2p.ping;

import io.minga.libp2p.crypto.Entropy;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import java.util.List;

/**
 * The asking side of ping towards one peer: 32 fresh random bytes go out, the same must come back.
 * It keeps one stream for all its pings, opens a new one when the peer has closed that, and pings
 * when asked to or, once looping, again and again.
 *
 * <p>One ping is under way at a time; who asks meanwhile shares its result. After a result of
 * {@link Effect.Failed}, or a {@link WireException}, the stream is gone and the next ping opens
 * another.
 */
public final class PingInitiator {
  /** What happens to the stream, and what its owner wants. */
  public sealed interface Input {
    /** Ping now. */
    record Ping() implements Input {}

    /** Ping now, and again each interval after a result. */
    record Loop() implements Input {}

    /** The stream that {@link Effect.OpenStream} asked for is open and negotiated. */
    record Opened() implements Input {}

    /** The stream that {@link Effect.OpenStream} asked for can't be had: {@code reason}. */
    record OpenFailed(String reason) implements Input {}

    /** Bytes of the peer, split anywhere. */
    record Received(Bytes bytes) implements Input {}

    /** The peer closed its side, or the stream was reset. */
    record RemoteClosed() implements Input {}

    /** The time may have passed the deadline. */
    record Tick() implements Input {}

    /** No more pings: ends the loop and the stream, without a result for a ping under way. */
    record Stop() implements Input {}
  }

  /** What the stream's owner does, in order. */
  public sealed interface Effect {
    /** Open a stream to the peer, and say {@link Input.Opened} or {@link Input.OpenFailed}. */
    record OpenStream() implements Effect {}

    /** Send these bytes on the open stream. */
    record Send(Bytes bytes) implements Effect {}

    /** Close our side of the stream, or of the one that is being opened; its inputs end. */
    record CloseStream() implements Effect {}

    /** Reset the stream, or the one that is being opened; its inputs end. */
    record ResetStream() implements Effect {}

    /** A ping came back after {@code nanos}. */
    record RoundTrip(long nanos) implements Effect {}

    /** A ping did not come back; {@code reason} is one clause for a person. */
    record Failed(String reason) implements Effect {}
  }

  /** A stream that the peer closes during a ping is replaced once: it may just have been idle. */
  private static final int REOPENS_MAX = 1;

  private enum Stream {
    NONE,
    OPENING,
    OPEN
  }

  private final PingOptions options;
  private final Entropy entropy;

  private Stream stream = Stream.NONE;
  private boolean looping;
  private boolean underway;
  private int reopens;
  private Bytes expected = Bytes.EMPTY;
  private int echoed;
  private long sentNanos;
  private long deadlineNanos = Long.MAX_VALUE;

  /** An initiator without a stream; pings are bytes of {@code entropy}. */
  public PingInitiator(PingOptions options, Entropy entropy) {
    this.options = options;
    this.entropy = entropy;
  }

  /**
   * Takes one input.
   *
   * @throws WireException if the peer sends anything but the echo of the ping under way; the owner
   *     resets the stream; the loop ends, and the next ping opens another
   * @throws IllegalStateException if the input is of a stream that isn't there
   */
  public List<Effect> handle(long nowNanos, Input input) throws WireException {
    if (input instanceof Input.Ping) {
      return underway ? List.of() : begin(nowNanos);
    } else if (input instanceof Input.Loop) {
      looping = true;
      return underway ? List.of() : begin(nowNanos);
    } else if (input instanceof Input.Opened) {
      requireStream(Stream.OPENING);
      stream = Stream.OPEN;
      return List.of(send(nowNanos));
    } else if (input instanceof Input.OpenFailed failed) {
      requireStream(Stream.OPENING);
      stream = Stream.NONE;
      return List.of(fail(nowNanos, failed.reason()));
    } else if (input instanceof Input.Received received) {
      requireStream(Stream.OPEN);
      return received(nowNanos, received.bytes());
    } else if (input instanceof Input.RemoteClosed) {
      requireStream(Stream.OPEN);
      return remoteClosed(nowNanos);
    } else if (input instanceof Input.Stop) {
      return stop();
    }
    return tick(nowNanos);
  }

  /** When the next {@link Input.Tick} is due; {@link Long#MAX_VALUE} if none is. */
  public long nextDeadlineNanos() {
    return deadlineNanos;
  }

  private List<Effect> begin(long nowNanos) {
    underway = true;
    reopens = 0;
    return List.of(stream == Stream.OPEN ? send(nowNanos) : open(nowNanos));
  }

  private Effect open(long nowNanos) {
    stream = Stream.OPENING;
    deadlineNanos = nowNanos + options.timeout().toNanos();
    return new Effect.OpenStream();
  }

  private Effect send(long nowNanos) {
    expected = Bytes.copyOf(entropy.next(PingOptions.PING_LENGTH));
    echoed = 0;
    sentNanos = nowNanos;
    deadlineNanos = nowNanos + options.timeout().toNanos();
    return new Effect.Send(expected);
  }

  private List<Effect> received(long nowNanos, Bytes bytes) throws WireException {
    int missing = underway ? PingOptions.PING_LENGTH - echoed : 0;
    if (bytes.length() > missing) {
      throw violation(
          "ping answered with %d bytes where %d were due".formatted(bytes.length(), missing));
    }
    if (!expected.slice(echoed, echoed + bytes.length()).equals(bytes)) {
      throw violation(
          "ping answered with other bytes than were sent, within bytes %d to %d"
              .formatted(echoed, echoed + bytes.length()));
    }
    echoed += bytes.length();
    if (!underway || echoed < PingOptions.PING_LENGTH) {
      return List.of();
    }
    rest(nowNanos);
    return List.of(new Effect.RoundTrip(nowNanos - sentNanos));
  }

  private List<Effect> remoteClosed(long nowNanos) {
    stream = Stream.NONE;
    Effect close = new Effect.CloseStream();
    if (!underway) {
      return List.of(close);
    }
    if (reopens < REOPENS_MAX) {
      reopens++;
      return List.of(close, open(nowNanos));
    }
    return List.of(close, fail(nowNanos, "the peer closed the ping stream without an answer"));
  }

  private List<Effect> stop() {
    Stream last = stream;
    end();
    return switch (last) {
      case NONE -> List.of();
      case OPENING -> List.of(new Effect.ResetStream());
      case OPEN -> List.of(new Effect.CloseStream());
    };
  }

  private List<Effect> tick(long nowNanos) {
    if (deadlineNanos == Long.MAX_VALUE || deadlineNanos - nowNanos > 0) {
      return List.of();
    }
    if (!underway) {
      return begin(nowNanos);
    }
    stream = Stream.NONE;
    String reason = "no answer to a ping within " + options.timeout().toMillis() + " ms";
    return List.of(new Effect.ResetStream(), fail(nowNanos, reason));
  }

  private Effect fail(long nowNanos, String reason) {
    rest(nowNanos);
    return new Effect.Failed(reason);
  }

  /** Between two pings. */
  private void rest(long nowNanos) {
    underway = false;
    deadlineNanos = looping ? nowNanos + options.interval().toNanos() : Long.MAX_VALUE;
  }

  private WireException violation(String message) {
    end();
    return new WireException(message);
  }

  private void end() {
    stream = Stream.NONE;
    underway = false;
    looping = false;
    deadlineNanos = Long.MAX_VALUE;
  }

  private void requireStream(Stream required) {
    if (stream != required) {
      throw new IllegalStateException("the ping stream is " + stream + ", not " + required);
    }
  }
}
