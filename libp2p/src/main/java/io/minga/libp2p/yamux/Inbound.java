package io.minga.libp2p.yamux;

import io.minga.libp2p.wire.WireException;
import io.minga.libp2p.yamux.Yamux.Effect;
import io.minga.libp2p.yamux.Yamux.Refusal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Parses what comes in and keeps the peer to the rules. Payload is only named by position. */
final class Inbound {
  private final YamuxOptions options;
  private final Streams streams;
  private final Outbound outbound;
  private final Pinger pinger;
  private final TokenBucket pings;
  private final TokenBucket futileStreams;
  private final TokenBucket strayBytes;
  private boolean draining;

  /** How much of the current header is here, and what it says so far. */
  private int headerBytes;

  private long head;
  private int length;

  /** What is still to come of the current payload, and whose it is; nobody's is dropped. */
  private int payloadBytes;

  private @Nullable YamuxStream payloadStream;
  private boolean finAfterPayload;

  private boolean goAwayReceived;
  private int goAwayCode;

  Inbound(YamuxOptions options, Streams streams, Outbound outbound, Pinger pinger, long nowNanos) {
    this.options = options;
    this.streams = streams;
    this.outbound = outbound;
    this.pinger = pinger;
    YamuxOptions.Floods floods = options.floods();
    pings = new TokenBucket(floods.pingAnswersMax(), floods.pingAnswersPerSecond(), nowNanos);
    futileStreams =
        new TokenBucket(floods.futileStreamsMax(), floods.futileStreamsPerSecond(), nowNanos);
    strayBytes = new TokenBucket(floods.strayBytesMax(), floods.strayBytesPerSecond(), nowNanos);
  }

  /** From now on the peer's streams are refused. */
  void drain() {
    draining = true;
  }

  boolean hasReceivedGoAway() {
    return goAwayReceived;
  }

  /** The code of the last GOAWAY, unsigned; anything but 0 ends the session. */
  int goAwayCode() {
    return goAwayCode;
  }

  void receive(long nowNanos, ByteBuffer bytes, List<Effect> effects) throws WireException {
    if (bytes.order() != ByteOrder.BIG_ENDIAN) {
      throw new IllegalArgumentException("yamux is big-endian, the buffer is not");
    }
    int start = bytes.position();
    int end = bytes.limit();
    int at = start;
    while (goAwayCode == 0) {
      if (payloadBytes > 0) {
        int part = Math.min(payloadBytes, end - at);
        if (part == 0) {
          return;
        }
        payload(at - start, part, effects);
        at += part;
      } else if (headerBytes == 0 && end - at >= FrameHeader.BYTES) {
        frame(nowNanos, bytes.getLong(at), bytes.getInt(at + Long.BYTES), effects);
        at += FrameHeader.BYTES;
      } else if (at < end) {
        headerByte(nowNanos, bytes.get(at++) & 0xff, effects);
      } else {
        return;
      }
    }
  }

  /** The slow way, for a header that is cut. */
  private void headerByte(long nowNanos, int next, List<Effect> effects) throws WireException {
    if (headerBytes < Long.BYTES) {
      head = head << Byte.SIZE | next;
    } else {
      length = length << Byte.SIZE | next;
    }
    if (++headerBytes == FrameHeader.BYTES) {
      headerBytes = 0;
      frame(nowNanos, head, length, effects);
    }
  }

  private void payload(int offset, int part, List<Effect> effects) {
    payloadBytes -= part;
    YamuxStream stream = payloadStream;
    if (stream == null) {
      return;
    }
    if (stream.gone) {
      streams.former().takeAdmitted(stream.id, part);
      return;
    }
    stream.receiveWindow.receive(part);
    if (stream.readClosed) {
      outbound.discardUnread(stream);
    } else {
      effects.add(new Effect.Data(stream.id, offset, part));
    }
    if (payloadBytes == 0) {
      payloadStream = null;
      if (finAfterPayload) {
        remoteFin(stream, effects);
      }
    }
  }

  private void frame(long nowNanos, long frameHead, int frameLength, List<Effect> effects)
      throws WireException {
    if (FrameHeader.version(frameHead) != 0) {
      throw new WireException(
          "yamux version is " + FrameHeader.version(frameHead) + ", should be 0");
    }
    switch (FrameHeader.type(frameHead)) {
      case FrameHeader.DATA -> data(nowNanos, frameHead, frameLength, effects);
      case FrameHeader.WINDOW_UPDATE -> windowUpdate(nowNanos, frameHead, frameLength, effects);
      case FrameHeader.PING -> ping(nowNanos, frameHead, frameLength, effects);
      case FrameHeader.GO_AWAY -> goAway(frameHead, frameLength, effects);
      default ->
          throw new WireException(
              "yamux frame type is " + FrameHeader.type(frameHead) + ", should be 0 to 3");
    }
  }

  private void data(long nowNanos, long frameHead, int frameLength, List<Effect> effects)
      throws WireException {
    int id = FrameHeader.streamId(frameHead);
    int flags = FrameHeader.flags(frameHead);
    int bytesMax = options.frames().receiveBytesMax();
    if (frameLength < 0 || frameLength > bytesMax) {
      throw violation(frameHead, frameLength, "should have at most " + bytesMax + " bytes");
    }
    YamuxStream stream = stream(nowNanos, frameHead, frameLength, effects);
    payloadBytes = frameLength;
    payloadStream = stream;
    finAfterPayload = (flags & FrameHeader.FIN) != 0;
    if (stream == null) {
      stray(nowNanos, frameHead, frameLength);
    } else if ((flags & FrameHeader.RST) != 0) {
      requireCredit(stream, frameHead, frameLength);
      remoteReset(nowNanos, stream, 0, effects);
    } else if (frameLength > 0) {
      requireWithinWindow(stream, frameHead, frameLength);
    } else if (finAfterPayload) {
      remoteFin(stream, effects);
    }
    if ((flags & FrameHeader.RST) != 0) {
      streams.former().remove(id);
    }
  }

  private static void requireWithinWindow(YamuxStream stream, long frameHead, int frameLength)
      throws WireException {
    if (!stream.state.isRemoteOpen()) {
      throw violation(frameHead, frameLength, "came after FIN, should be empty");
    }
    requireCredit(stream, frameHead, frameLength);
  }

  private static void requireCredit(YamuxStream stream, long frameHead, int frameLength)
      throws WireException {
    int credit = stream.receiveWindow.creditBytes();
    if (frameLength > credit) {
      throw violation(frameHead, frameLength, "should keep to the window, which has " + credit);
    }
  }

  private void windowUpdate(long nowNanos, long frameHead, int frameLength, List<Effect> effects)
      throws WireException {
    int flags = FrameHeader.flags(frameHead);
    YamuxStream stream = stream(nowNanos, frameHead, frameLength, effects);
    if (stream == null) {
      if ((flags & (FrameHeader.RST | FrameHeader.FIN)) != 0) {
        streams.former().remove(FrameHeader.streamId(frameHead));
      }
    } else if ((flags & FrameHeader.RST) != 0) {
      remoteReset(nowNanos, stream, frameLength, effects); // the length is its error code
    } else {
      stream.sendWindow.grow(stream.id, frameLength);
      outbound.mayHaveData(stream);
      if ((flags & FrameHeader.FIN) != 0) {
        remoteFin(stream, effects);
      }
    }
  }

  /** The stream that a data frame or window update is for, opened by its SYN; null if unknown. */
  private @Nullable YamuxStream stream(
      long nowNanos, long frameHead, int frameLength, List<Effect> effects) throws WireException {
    int id = FrameHeader.streamId(frameHead);
    if (id == 0) {
      throw violation(frameHead, frameLength, "should be for a stream, 0 is the session");
    }
    if ((FrameHeader.flags(frameHead) & FrameHeader.SYN) != 0) {
      return open(nowNanos, id, effects);
    }
    YamuxStream stream = streams.get(id);
    if (stream != null && !stream.acknowledged) {
      if (stream.synOwed) {
        throw violation(frameHead, frameLength, "is for a stream that we have not opened yet");
      }
      streams.acknowledge(stream);
    }
    return stream;
  }

  private @Nullable YamuxStream open(long nowNanos, int id, List<Effect> effects)
      throws WireException {
    Refusal refusal = streams.checkOpening(id, draining);
    if (refusal == null) {
      effects.add(new Effect.StreamOpened(id));
      return streams.accept(nowNanos, id);
    }
    takeFutile(nowNanos);
    streams.refuse(id);
    effects.add(new Effect.StreamRefused(id, refusal));
    return null;
  }

  private void remoteFin(YamuxStream stream, List<Effect> effects) {
    if (stream.state.isRemoteOpen()) {
      stream.state = stream.state.afterRemoteFin();
      effects.add(new Effect.RemoteClosed(stream.id));
      streams.closeIfDone(stream, effects);
    }
  }

  private void remoteReset(long nowNanos, YamuxStream stream, int errorCode, List<Effect> effects)
      throws WireException {
    if (stream.ackOwed) {
      takeFutile(nowNanos);
    }
    outbound.forget(stream);
    streams.end(stream, StreamState.RESET);
    effects.add(new Effect.RemoteReset(stream.id, errorCode));
  }

  private void takeFutile(long nowNanos) throws WireException {
    if (!futileStreams.take(nowNanos, 1)) {
      throw new WireException(
          "yamux peer opens too many streams for nothing, should stay under %d at once and %d a second"
              .formatted(
                  options.floods().futileStreamsMax(), options.floods().futileStreamsPerSecond()));
    }
  }

  /** Data for a stream that is gone, or never was: dropped, within limits. */
  private void stray(long nowNanos, long frameHead, int frameLength) throws WireException {
    int id = FrameHeader.streamId(frameHead);
    FormerStreams former = streams.former();
    if (former.contains(id)) {
      if (!former.take(id, frameLength)) {
        throw violation(frameHead, frameLength, "should keep to the window of a stream we ended");
      }
      if (finAfterPayload) {
        former.remove(id);
      }
    } else if (!strayBytes.take(nowNanos, frameLength)) {
      throw violation(
          frameHead,
          frameLength,
          "is too much for streams that don't exist, should stay under "
              + options.floods().strayBytesMax()
              + " bytes");
    }
  }

  private void ping(long nowNanos, long frameHead, int value, List<Effect> effects)
      throws WireException {
    requireSession(frameHead, value);
    int flags = FrameHeader.flags(frameHead);
    if ((flags & FrameHeader.ACK) != 0) {
      long nanos = pinger.answered(nowNanos, value);
      if (nanos >= 0) {
        effects.add(new Effect.Rtt(nanos));
      }
    } else if ((flags & FrameHeader.SYN) != 0 && pings.take(nowNanos, 1)) {
      outbound.answerPing(value);
    }
  }

  private void goAway(long frameHead, int code, List<Effect> effects) throws WireException {
    requireSession(frameHead, code);
    goAwayCode = code;
    if (!goAwayReceived && code == 0) {
      effects.add(new Effect.RemoteGoAway());
    }
    goAwayReceived = true;
  }

  private static void requireSession(long frameHead, int frameLength) throws WireException {
    if (FrameHeader.streamId(frameHead) != 0) {
      throw violation(frameHead, frameLength, "should be for the session, stream 0");
    }
  }

  private static WireException violation(long frameHead, int frameLength, String rule) {
    return new WireException(
        "yamux frame " + FrameHeader.describe(frameHead, frameLength) + " " + rule);
  }
}
