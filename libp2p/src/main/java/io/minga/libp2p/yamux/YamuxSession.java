package io.minga.libp2p.yamux;

import io.minga.libp2p.wire.WireException;
import io.minga.libp2p.yamux.Yamux.CloseReason;
import io.minga.libp2p.yamux.Yamux.Effect;
import io.minga.libp2p.yamux.Yamux.GoAwayCode;
import io.minga.libp2p.yamux.Yamux.Input;
import io.minga.libp2p.yamux.Yamux.Refusal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One side of a yamux connection: a machine without I/O for one thread.
 *
 * <p>The owner feeds it what the connection brings and what the application wants, performs the
 * effects in order, keeps each stream's unsent bytes, calls {@link Input.Transmit} when the
 * connection is writable and {@link #wantsTransmit()}, and {@link Input.Tick} at {@link
 * #nextDeadlineNanos()}.
 *
 * <p>There are two lists of effects, used again and again. What Received, Transmit, Tick and
 * Disconnected return is valid until the next of these four; what the application's inputs return,
 * until the next of the application's. So while the owner performs what Received gave, the
 * application may send, consume, open and close, but not transmit.
 */
public final class YamuxSession {
  private enum Phase {
    RUNNING,
    /** No stream opens any more; GOAWAY goes when the last one is gone. */
    DRAINING,
    /** All streams are gone; GOAWAY is all that is left to write. */
    ENDING,
    CLOSED
  }

  private final YamuxOptions options;
  private final Streams streams;
  private final Outbound outbound;
  private final Inbound inbound;
  private final Pinger pinger;
  private final List<Effect> connectionEffects = new ArrayList<>();
  private final List<Effect> applicationEffects = new ArrayList<>();
  private Phase phase = Phase.RUNNING;
  private GoAwayCode goAwayCode = GoAwayCode.NORMAL;
  private CloseReason endReason = CloseReason.LOCAL_GOAWAY;

  /**
   * A session on a fresh connection.
   *
   * @param dialer whether we dialled; the dialer's streams have odd ids
   * @param budget what all sessions of the host together may promise to receive
   */
  public YamuxSession(YamuxOptions options, boolean dialer, WindowBudget budget, long nowNanos) {
    this(options, dialer ? 1L : 2L, budget, nowNanos);
  }

  YamuxSession(YamuxOptions options, long firstId, WindowBudget budget, long nowNanos) {
    this.options = options;
    Resets resets = new Resets(options.floods().resetsMax());
    streams = new Streams(options, budget, resets, firstId);
    outbound = new Outbound(options, streams, resets);
    pinger = new Pinger(options.keepAlive(), nowNanos);
    inbound = new Inbound(options, streams, outbound, pinger, nowNanos);
  }

  /**
   * Takes one input and returns what to do, in order. The list is used again, see above. After
   * {@link Effect.Closed}, inputs do nothing.
   *
   * @throws WireException if the peer broke a rule. Effects of the same input are lost, all streams
   *     are gone, and a last Transmit gives the GOAWAY that tells the peer
   * @throws IllegalArgumentException if the owner consumed more than there was, or the like
   */
  public List<Effect> handle(long nowNanos, Input input) throws WireException {
    boolean fromConnection =
        input instanceof Input.Received
            || input instanceof Input.Transmit
            || input instanceof Input.Tick
            || input instanceof Input.Disconnected;
    List<Effect> effects = fromConnection ? connectionEffects : applicationEffects;
    effects.clear();
    if (phase == Phase.CLOSED || phase == Phase.ENDING) {
      handleWhenEnding(input, effects);
    } else if (fromConnection) {
      handleConnection(nowNanos, input, effects);
    } else {
      handleApplication(nowNanos, input, effects);
    }
    if (phase != Phase.CLOSED) {
      finish(effects);
    }
    return effects;
  }

  /** When the next {@link Input.Tick} is due, or {@link Long#MAX_VALUE} if none is. */
  public long nextDeadlineNanos() {
    return isOver() ? Long.MAX_VALUE : pinger.nextDeadlineNanos();
  }

  /** Whether {@link Input.Transmit} has something to write. */
  public boolean wantsTransmit() {
    return switch (phase) {
      case CLOSED -> false;
      case ENDING -> true;
      case DRAINING -> !outbound.isEmpty() || pinger.isDue() || streams.count() == 0;
      case RUNNING -> !outbound.isEmpty() || pinger.isDue();
    };
  }

  /** How many bytes {@code streamId} has yet to send; 0 if it is gone. */
  public long pendingBytes(int streamId) {
    YamuxStream stream = streams.get(streamId);
    return stream == null ? 0 : stream.pendingBytes;
  }

  /** Whether {@code streamId} may send and has not more to send than it should. */
  public boolean isWritable(int streamId) {
    YamuxStream stream = streams.get(streamId);
    return stream != null && !stream.writeClosed && !stream.crowded;
  }

  /** How far {@code streamId} is, or null if it is gone. */
  public @Nullable StreamState state(int streamId) {
    YamuxStream stream = streams.get(streamId);
    return stream == null ? null : stream.state;
  }

  /** How many streams there are. */
  public int streamCount() {
    return streams.count();
  }

  /** The smoothed round-trip time, or 0 before the first answer to a ping. */
  public long rttNanos() {
    return pinger.rttNanos();
  }

  private boolean isOver() {
    return phase == Phase.CLOSED || phase == Phase.ENDING;
  }

  private void handleConnection(long nowNanos, Input input, List<Effect> effects)
      throws WireException {
    if (input instanceof Input.Received received) {
      receive(nowNanos, received, effects);
    } else if (input instanceof Input.Transmit transmit) {
      int room = outbound.transmit(nowNanos, transmit.bytesMax(), pinger, effects);
      if (phase == Phase.DRAINING && streams.count() == 0 && outbound.isEmpty()) {
        writeGoAway(room, effects);
      }
    } else if (input instanceof Input.Tick) {
      if (pinger.tick(nowNanos)) {
        close(CloseReason.KEEP_ALIVE_TIMEOUT, 0, effects);
      }
    } else {
      close(CloseReason.DISCONNECTED, 0, effects);
    }
  }

  private void receive(long nowNanos, Input.Received received, List<Effect> effects)
      throws WireException {
    pinger.received(nowNanos);
    try {
      inbound.receive(nowNanos, received.bytes(), effects);
    } catch (WireException violation) {
      effects.clear();
      end(CloseReason.PROTOCOL_ERROR, GoAwayCode.PROTOCOL_ERROR);
      throw violation;
    }
    if (inbound.goAwayCode() != 0) {
      close(CloseReason.REMOTE_GOAWAY, inbound.goAwayCode(), effects);
    }
  }

  private void handleApplication(long nowNanos, Input input, List<Effect> effects) {
    if (input instanceof Input.Send send) {
      send(send);
    } else if (input instanceof Input.Consumed consumed) {
      consumed(nowNanos, consumed, effects);
    } else if (input instanceof Input.Open) {
      open(nowNanos, effects);
    } else if (input instanceof Input.Accept accept) {
      accept(streams.get(accept.streamId()));
    } else if (input instanceof Input.CloseWrite closeWrite) {
      closeWrite(closeWrite.streamId());
    } else if (input instanceof Input.CloseRead closeRead) {
      closeRead(closeRead.streamId(), effects);
    } else if (input instanceof Input.Reset reset) {
      reset(reset.streamId(), reset.errorCode());
    } else if (input instanceof Input.GoAway goAway) {
      goAway(goAway.code());
    }
  }

  private void send(Input.Send send) {
    YamuxStream stream = streams.get(send.streamId());
    if (send.length() < 0) {
      throw new IllegalArgumentException("can't send " + send.length() + " bytes");
    }
    if (stream == null || send.length() == 0) {
      return;
    }
    if (stream.writeClosed) {
      throw new IllegalStateException(
          "stream " + Integer.toUnsignedString(stream.id) + " was closed for writing");
    }
    accept(stream);
    stream.pendingBytes += send.length();
    stream.crowded |= stream.pendingBytes > options.writeMarks().highBytes();
    outbound.mayHaveData(stream);
  }

  private void consumed(long nowNanos, Input.Consumed consumed, List<Effect> effects) {
    YamuxStream stream = streams.get(consumed.streamId());
    if (stream == null || stream.readClosed) {
      return;
    }
    accept(stream);
    ReceiveWindow window = stream.receiveWindow;
    window.consume(stream.id, consumed.length());
    if (!stream.state.isRemoteOpen()) {
      streams.closeIfDone(stream, effects);
    } else if (!stream.creditOwed && window.isCreditDue()) {
      int bytesMax = options.windows().bytesMax();
      streams.grow(stream, window.desiredGrowthBytes(nowNanos, pinger.rttNanos(), bytesMax));
      stream.creditOwed = true;
      outbound.owes(stream);
    }
  }

  private void open(long nowNanos, List<Effect> effects) {
    if (phase == Phase.DRAINING) {
      effects.add(new Effect.OpenRefused(Refusal.LOCAL_GOAWAY));
    } else if (inbound.hasReceivedGoAway()) {
      effects.add(new Effect.OpenRefused(Refusal.REMOTE_GOAWAY));
    } else {
      Effect answer = streams.open(nowNanos);
      effects.add(answer);
      if (answer instanceof Effect.Opened opened) {
        outbound.owes(requireStream(opened.streamId()));
      }
    }
  }

  private YamuxStream requireStream(int id) {
    YamuxStream stream = streams.get(id);
    if (stream == null) {
      throw new IllegalStateException("no stream " + Integer.toUnsignedString(id));
    }
    return stream;
  }

  /** The ACK of an inbound stream may go. */
  private void accept(@Nullable YamuxStream stream) {
    if (stream != null && stream.ackOwed) {
      outbound.owes(stream);
    }
  }

  private void closeWrite(int id) {
    YamuxStream stream = streams.get(id);
    if (stream != null && !stream.writeClosed) {
      stream.writeClosed = true;
      stream.finOwed = true;
      if (stream.pendingBytes == 0) {
        outbound.owes(stream);
      }
    }
  }

  private void closeRead(int id, List<Effect> effects) {
    YamuxStream stream = streams.get(id);
    if (stream != null && !stream.readClosed) {
      stream.readClosed = true;
      streams.closeIfDone(stream, effects);
      if (!stream.gone) {
        outbound.discardUnread(stream);
      }
    }
  }

  private void reset(int id, int errorCode) {
    YamuxStream stream = streams.get(id);
    if (stream != null) {
      outbound.forget(stream);
      streams.reset(stream, errorCode);
    }
  }

  private void goAway(GoAwayCode code) {
    if (code == GoAwayCode.NORMAL) {
      phase = Phase.DRAINING;
      inbound.drain();
    } else {
      end(CloseReason.LOCAL_GOAWAY, code);
    }
  }

  private void handleWhenEnding(Input input, List<Effect> effects) {
    if (input instanceof Input.Open) {
      effects.add(new Effect.OpenRefused(Refusal.CLOSED));
    } else if (phase == Phase.ENDING && input instanceof Input.Transmit transmit) {
      writeGoAway(transmit.bytesMax(), effects);
    } else if (phase == Phase.ENDING && input instanceof Input.Disconnected) {
      close(CloseReason.DISCONNECTED, 0, effects);
    }
  }

  /** Drops everything but the GOAWAY that says why. */
  private void end(CloseReason reason, GoAwayCode code) {
    streams.endAll();
    outbound.clear();
    phase = Phase.ENDING;
    endReason = reason;
    goAwayCode = code;
  }

  private void writeGoAway(int roomBytes, List<Effect> effects) {
    if (roomBytes >= FrameHeader.BYTES) {
      int code = goAwayCode.number();
      effects.add(new Effect.Frame(FrameHeader.head(FrameHeader.GO_AWAY, 0, 0), code));
      close(endReason, code, effects);
    }
  }

  private void close(CloseReason reason, int code, List<Effect> effects) {
    streams.endAll();
    outbound.clear();
    phase = Phase.CLOSED;
    effects.add(new Effect.Closed(reason, code));
  }

  /** What follows from the input as a whole. */
  private void finish(List<Effect> effects) {
    if (streams.takeOpenable() && phase == Phase.RUNNING && !inbound.hasReceivedGoAway()) {
      effects.add(new Effect.Openable());
    }
    if (phase == Phase.RUNNING && inbound.hasReceivedGoAway() && streams.count() == 0) {
      close(CloseReason.REMOTE_GOAWAY, 0, effects);
    }
  }
}
