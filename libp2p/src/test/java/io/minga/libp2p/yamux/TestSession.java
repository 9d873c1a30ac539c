package io.minga.libp2p.yamux;

import io.minga.libp2p.wire.WireException;
import io.minga.libp2p.yamux.Yamux.Effect;
import io.minga.libp2p.yamux.Yamux.Input;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** A session under test whose effects may be kept, and the frames that a peer sends it. */
final class TestSession {
  static final int DATA = FrameHeader.DATA;
  static final int WINDOW = FrameHeader.WINDOW_UPDATE;
  static final int PING = FrameHeader.PING;
  static final int GO_AWAY = FrameHeader.GO_AWAY;
  static final int SYN = FrameHeader.SYN;
  static final int ACK = FrameHeader.ACK;
  static final int FIN = FrameHeader.FIN;
  static final int RST = FrameHeader.RST;
  static final int KIB = 1024;
  static final YamuxOptions QUIET =
      YamuxOptions.DEFAULT.with(new YamuxOptions.KeepAlive(Duration.ZERO, Duration.ofSeconds(1)));

  final CountingBudget budget;
  final YamuxSession session;
  long nowNanos;

  private TestSession(YamuxOptions options, long firstId, CountingBudget budget) {
    this.budget = budget;
    this.session = new YamuxSession(options, firstId, budget, nowNanos);
  }

  /** A listener without pings of its own; the peer's ids are odd. */
  static TestSession listener() {
    return listener(QUIET);
  }

  static TestSession listener(YamuxOptions options) {
    return new TestSession(options, 2, new CountingBudget(Long.MAX_VALUE));
  }

  /** A dialer without pings of its own; its ids are odd. */
  static TestSession dialer() {
    return dialer(QUIET);
  }

  static TestSession dialer(YamuxOptions options) {
    return new TestSession(options, 1, new CountingBudget(Long.MAX_VALUE));
  }

  static TestSession withFirstId(long firstId) {
    return new TestSession(QUIET, firstId, new CountingBudget(Long.MAX_VALUE));
  }

  static TestSession withBudget(boolean dialer, YamuxOptions options, CountingBudget budget) {
    return new TestSession(options, dialer ? 1 : 2, budget);
  }

  List<Effect> handle(Input input) throws WireException {
    return new ArrayList<>(session.handle(nowNanos, input));
  }

  /** Feeds frames in one piece. */
  List<Effect> receive(byte[]... frames) throws WireException {
    return handle(new Input.Received(ByteBuffer.wrap(concat(frames))));
  }

  List<Effect> transmit() throws WireException {
    return transmit(Integer.MAX_VALUE);
  }

  List<Effect> transmit(int bytesMax) throws WireException {
    return handle(new Input.Transmit(bytesMax));
  }

  /** Transmits, and leaves out what is not a frame. */
  List<Effect.Frame> frames() throws WireException {
    List<Effect.Frame> frames = new ArrayList<>();
    for (Effect effect : transmit()) {
      if (effect instanceof Effect.Frame frame) {
        frames.add(frame);
      }
    }
    return frames;
  }

  /** Opens a stream and transmits its SYN. */
  int opened() throws WireException {
    int id = ((Effect.Opened) handle(new Input.Open()).get(0)).streamId();
    transmit();
    return id;
  }

  /** Lets the peer open {@code id}, accepts and transmits the ACK. */
  void accepted(int id) throws WireException {
    receive(frame(WINDOW, SYN, id, 0));
    handle(new Input.Accept(id));
    transmit();
  }

  static Effect.Frame out(int type, int flags, int id, int length) {
    return new Effect.Frame(FrameHeader.head(type, flags, id), length);
  }

  static byte[] frame(int type, int flags, int id, int length) {
    ByteBuffer out = ByteBuffer.allocate(FrameHeader.BYTES);
    FrameHeader.encode(FrameHeader.head(type, flags, id), length, out);
    return out.array();
  }

  static byte[] data(int flags, int id, int payloadBytes) {
    return concat(frame(DATA, flags, id, payloadBytes), new byte[payloadBytes]);
  }

  static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits.replace(" ", ""));
  }

  static byte[] concat(byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteBuffer whole = ByteBuffer.allocate(length);
    for (byte[] part : parts) {
      whole.put(part);
    }
    return whole.array();
  }
}
