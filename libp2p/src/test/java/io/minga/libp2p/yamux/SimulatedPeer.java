package io.minga.libp2p.yamux;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.libp2p.wire.WireException;
import io.minga.libp2p.yamux.Yamux.Effect;
import io.minga.libp2p.yamux.Yamux.Input;
import io.minga.libp2p.yamux.Yamux.Refusal;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A session with an application that does anything at random, over a pipe of bounded size. What a
 * stream carries is a function of its id, direction and position, so that each byte is checked as
 * it arrives.
 */
final class SimulatedPeer {
  private static final int PIPE_BYTES_MAX = 256 * 1024;

  /** What the application knows of one stream. */
  static final class End {
    final int id;
    long handed;
    long written;
    long received;
    long consumed;
    boolean accepted;
    boolean writeClosed;
    boolean readClosed;
    boolean remoteClosed;
    boolean closed;
    boolean reset;

    End(int id) {
      this.id = id;
    }

    boolean isLive() {
      return !closed && !reset;
    }
  }

  final Map<Integer, End> ends = new LinkedHashMap<>();
  final CountingBudget budget;
  final YamuxSession session;
  Effect.@Nullable Closed closed;
  long bytesReceived;
  long traceHash;

  private final YamuxOptions options;
  private final boolean dialer;
  private final List<End> live = new ArrayList<>();
  private final byte[] pipe = new byte[PIPE_BYTES_MAX];
  private int pipeBytes;
  private boolean openableDue;

  SimulatedPeer(YamuxOptions options, boolean dialer, CountingBudget budget) {
    this.options = options;
    this.dialer = dialer;
    this.budget = budget;
    this.session = new YamuxSession(options, dialer, budget, 0);
  }

  int pipeBytes() {
    return pipeBytes;
  }

  /** One thing that an application or a connection does. */
  void step(long nowNanos, Random random, SimulatedPeer other, boolean lossy) throws WireException {
    int choice = random.nextInt(100);
    if (choice < 5) {
      handle(nowNanos, new Input.Open());
    } else if (choice < 30) {
      transmit(nowNanos, random.nextInt(10) == 0 ? random.nextInt(30) : random.nextInt(100_000));
    } else if (choice < 55) {
      deliver(nowNanos, other, random.nextInt(random.nextInt(4) == 0 ? 30 : 50_000));
    } else if (choice < 57) {
      handle(nowNanos, new Input.Tick());
    } else if (!live.isEmpty()) {
      use(nowNanos, live.get(random.nextInt(live.size())), random, choice - 57, lossy);
    }
  }

  private void use(long nowNanos, End end, Random random, int choice, boolean lossy)
      throws WireException {
    if (choice < 18) {
      if (!end.writeClosed && session.isWritable(end.id)) {
        int bytes = random.nextInt(1 + Math.min(100_000, 3 * options.windows().initialBytes()));
        end.handed += bytes;
        handle(nowNanos, new Input.Send(end.id, bytes));
      }
    } else if (choice < 36) {
      int unread = (int) (end.received - end.consumed);
      consume(nowNanos, end, random.nextBoolean() ? unread : random.nextInt(unread + 1));
    } else if (choice < 38) {
      handle(nowNanos, new Input.Accept(end.id));
    } else if (choice < 41) {
      end.writeClosed = true;
      handle(nowNanos, new Input.CloseWrite(end.id));
    } else if (lossy && random.nextInt(4) == 0) {
      closeRead(nowNanos, end);
    } else if (lossy) {
      reset(nowNanos, end, random.nextInt());
    }
  }

  /** Ends all that was begun: nothing more to say, everything read. */
  void finish(long nowNanos, SimulatedPeer other) throws WireException {
    for (End end : new ArrayList<>(live)) {
      end.writeClosed = true;
      handle(nowNanos, new Input.CloseWrite(end.id));
      consume(nowNanos, end, (int) (end.received - end.consumed));
    }
    transmit(nowNanos, Integer.MAX_VALUE);
    deliver(nowNanos, other, Integer.MAX_VALUE);
  }

  void checkBounds() {
    int streams = options.streams().inboundMax() + options.streams().outboundMax();
    assertThat(session.streamCount()).isLessThanOrEqualTo(streams);
    for (End end : live) {
      assertThat(end.received - end.consumed)
          .as("unread on %d", end.id)
          .isLessThanOrEqualTo(options.windows().bytesMax());
      assertThat(session.pendingBytes(end.id)).isEqualTo(end.handed - end.written);
    }
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(dialer ? "dialer" : "listener");
    for (End end : live) {
      text.append(
          " %d %s: handed %d written %d received %d consumed %d%s"
              .formatted(
                  end.id,
                  session.state(end.id),
                  end.handed,
                  end.written,
                  end.received,
                  end.consumed,
                  end.readClosed ? " not reading" : ""));
    }
    return text.append(", pipe ")
        .append(pipeBytes)
        .append(", wants ")
        .append(session.wantsTransmit())
        .toString();
  }

  boolean isWaitingForOpenable() {
    return openableDue;
  }

  private void consume(long nowNanos, End end, int bytes) throws WireException {
    end.consumed += bytes;
    handle(nowNanos, new Input.Consumed(end.id, bytes));
  }

  private void closeRead(long nowNanos, End end) throws WireException {
    end.readClosed = true;
    end.consumed = end.received;
    handle(nowNanos, new Input.CloseRead(end.id));
  }

  private void reset(long nowNanos, End end, int errorCode) throws WireException {
    end.reset = true;
    live.remove(end);
    handle(nowNanos, new Input.Reset(end.id, errorCode));
    assertThat(session.state(end.id)).isNull();
  }

  private void transmit(long nowNanos, int bytesMax) throws WireException {
    int before = pipeBytes;
    int room = Math.min(bytesMax, PIPE_BYTES_MAX - pipeBytes);
    handle(nowNanos, new Input.Transmit(room));
    assertThat(pipeBytes - before).isLessThanOrEqualTo(room);
    if (room == PIPE_BYTES_MAX) {
      assertThat(session.wantsTransmit() && pipeBytes < PIPE_BYTES_MAX / 2)
          .as("there was room, but not all was written")
          .isFalse();
    }
  }

  private void deliver(long nowNanos, SimulatedPeer other, int bytesMax) throws WireException {
    int bytes = Math.min(bytesMax, other.pipeBytes);
    ByteBuffer chunk = ByteBuffer.allocate(bytes + 3).position(3);
    chunk.put(other.pipe, 0, bytes).position(3);
    System.arraycopy(other.pipe, bytes, other.pipe, 0, other.pipeBytes - bytes);
    other.pipeBytes -= bytes;
    perform(session.handle(nowNanos, new Input.Received(chunk)), chunk);
  }

  void handle(long nowNanos, Input input) throws WireException {
    perform(session.handle(nowNanos, input), ByteBuffer.allocate(0));
  }

  private void perform(List<Effect> effects, ByteBuffer received) {
    for (Effect effect : effects) {
      traceHash = 31 * traceHash + effect.hashCode();
      if (effect instanceof Effect.Frame frame) {
        write(frame);
      } else if (effect instanceof Effect.Data data) {
        read(data, received);
      } else if (effect instanceof Effect.StreamOpened opened) {
        add(opened.streamId());
      } else if (effect instanceof Effect.Opened opened) {
        add(opened.streamId());
      } else if (effect instanceof Effect.OpenRefused refused) {
        openableDue |=
            refused.reason() == Refusal.STREAMS_MAX
                || refused.reason() == Refusal.UNACKNOWLEDGED_MAX;
      } else if (effect instanceof Effect.Openable) {
        assertThat(openableDue).isTrue();
        openableDue = false;
      } else if (effect instanceof Effect.RemoteClosed fin) {
        End end = end(fin.streamId());
        assertThat(end.remoteClosed).isFalse();
        end.remoteClosed = true;
      } else if (effect instanceof Effect.RemoteReset reset) {
        End end = end(reset.streamId());
        end.reset = true;
        live.remove(end);
      } else if (effect instanceof Effect.StreamClosed gone) {
        End end = end(gone.streamId());
        assertThat(end.isLive()).isTrue();
        assertThat(end.writeClosed && end.written == end.handed).isTrue();
        end.closed = true;
        live.remove(end);
      } else if (effect instanceof Effect.Closed over) {
        closed = over;
      }
    }
  }

  private void add(int id) {
    End end = new End(id);
    assertThat(ends.put(id, end)).isNull();
    live.add(end);
  }

  private End end(int id) {
    End end = ends.get(id);
    if (end == null) {
      throw new AssertionError("an effect for stream " + id + ", which was never opened");
    }
    return end;
  }

  private void write(Effect.Frame frame) {
    ByteBuffer out = ByteBuffer.wrap(pipe, pipeBytes, PIPE_BYTES_MAX - pipeBytes);
    frame.encode(out);
    if (frame.payloadBytes() > 0) {
      assertThat(frame.payloadBytes()).isLessThanOrEqualTo(options.frames().sendBytesMax());
      End end = end(frame.streamId());
      assertThat(end.written + frame.payloadBytes()).isLessThanOrEqualTo(end.handed);
      for (int i = 0; i < frame.payloadBytes(); i++) {
        out.put(content(end.id, dialer, end.written++));
      }
    }
    pipeBytes = out.position();
  }

  private void read(Effect.Data data, ByteBuffer received) {
    End end = end(data.streamId());
    assertThat(end.isLive() && !end.readClosed && !end.remoteClosed).isTrue();
    int start = received.position() + data.offset();
    for (int i = 0; i < data.length(); i++) {
      if (received.get(start + i) != content(end.id, !dialer, end.received++)) {
        throw new AssertionError("wrong byte " + (end.received - 1) + " of stream " + end.id);
      }
    }
    bytesReceived += data.length();
  }

  private static byte content(int id, boolean fromDialer, long position) {
    return (byte) ((id * 31 + (fromDialer ? 7 : 0) + position * 0x9e37_79b9_7f4a_7c15L) >>> 29);
  }
}
