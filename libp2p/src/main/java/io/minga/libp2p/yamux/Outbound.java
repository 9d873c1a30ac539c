package io.minga.libp2p.yamux;

import io.minga.libp2p.yamux.Yamux.Effect;
import io.minga.libp2p.yamux.Yamux.Effect.Frame;
import java.util.ArrayDeque;
import java.util.List;

/**
 * What is to be written, and in which order: resets and ping answers, then what streams owe (SYN,
 * ACK, credit, FIN), then data, one frame a stream in turn.
 */
final class Outbound {
  /** A frame isn't cut shorter than this to fill up a transmission that has something already. */
  private static final int CUT_BYTES_MIN = 1024;

  private final YamuxOptions options;
  private final Streams streams;
  private final Resets resets;
  private final ArrayDeque<Frame> pingAnswers = new ArrayDeque<>();
  private final ArrayDeque<YamuxStream> control = new ArrayDeque<>();
  private final ArrayDeque<YamuxStream> data = new ArrayDeque<>();
  private int roomBytes;

  Outbound(YamuxOptions options, Streams streams, Resets resets) {
    this.options = options;
    this.resets = resets;
    this.streams = streams;
  }

  boolean isEmpty() {
    return resets.isEmpty() && pingAnswers.isEmpty() && control.isEmpty() && data.isEmpty();
  }

  /** Owes the peer the echo of its ping, unless too many are owed already. */
  void answerPing(int value) {
    Frame answer = new Frame(FrameHeader.head(FrameHeader.PING, FrameHeader.ACK, 0), value);
    if (pingAnswers.size() < options.floods().pingAnswersMax() && !pingAnswers.contains(answer)) {
      pingAnswers.add(answer);
    }
  }

  /** {@code stream} owes the peer SYN, ACK, credit or FIN. */
  void owes(YamuxStream stream) {
    if (!stream.inControlQueue) {
      stream.inControlQueue = true;
      control.add(stream);
    }
  }

  /**
   * Counts all that is unread of {@code stream} as read, since nobody will. The peer gets credit
   * for it: as long as we have something to say ourselves, a peer that got none might wait for it
   * while we wait for credit from the peer.
   */
  void discardUnread(YamuxStream stream) {
    stream.receiveWindow.discardUnread();
    if (stream.receiveWindow.isCreditDue()) {
      stream.creditOwed = true;
      owes(stream);
    }
  }

  /** {@code stream} may have become able to send data. */
  void mayHaveData(YamuxStream stream) {
    if (!stream.inDataQueue && stream.hasDataToSend()) {
      stream.inDataQueue = true;
      data.add(stream);
    }
  }

  /** Nothing of {@code stream} is to be written any more. Linear, but only resets come here. */
  void forget(YamuxStream stream) {
    if (stream.inControlQueue) {
      control.remove(stream);
    }
    if (stream.inDataQueue) {
      data.remove(stream);
    }
    stream.pendingBytes = 0;
  }

  void clear() {
    resets.clear();
    pingAnswers.clear();
    control.clear();
    data.clear();
  }

  /** Names frames for {@code bytesMax} bytes, and returns how many bytes are left. */
  int transmit(long nowNanos, int bytesMax, Pinger pinger, List<Effect> effects) {
    roomBytes = bytesMax;
    writeResets(effects);
    while (!pingAnswers.isEmpty() && hasRoom()) {
      write(pingAnswers.remove(), effects);
    }
    if (pinger.isDue() && hasRoom()) {
      write(pinger.send(nowNanos), effects);
    }
    while (!control.isEmpty() && hasRoom()) {
      YamuxStream stream = control.remove();
      stream.inControlQueue = false;
      writeControl(stream, effects);
    }
    while (!data.isEmpty() && writeData(data.element(), roomBytes < bytesMax, effects)) {}
    writeResets(effects); // of streams that a FIN among the above has abandoned
    return roomBytes;
  }

  private void writeResets(List<Effect> effects) {
    while (!resets.isEmpty() && hasRoom()) {
      write(resets.remove(), effects);
    }
  }

  private boolean hasRoom() {
    return roomBytes >= FrameHeader.BYTES;
  }

  private void write(Frame frame, List<Effect> effects) {
    roomBytes -= FrameHeader.BYTES + frame.payloadBytes();
    effects.add(frame);
  }

  private void writeControl(YamuxStream stream, List<Effect> effects) {
    boolean fin = stream.finOwed && stream.pendingBytes == 0;
    boolean abandoned = fin && stream.readClosed;
    int credit = 0;
    if (stream.creditOwed && stream.state.isRemoteOpen() && !abandoned) {
      credit = stream.receiveWindow.giveCredit();
    }
    stream.creditOwed = false;
    boolean opening = (stream.synOwed || stream.ackOwed) && !stream.hasDataToSend();
    if (credit == 0 && !fin && !opening) {
      return; // a data frame brings SYN and ACK along
    }
    int flags = stream.takeOpeningFlags() | (fin ? FrameHeader.FIN : 0);
    write(
        new Frame(FrameHeader.head(FrameHeader.WINDOW_UPDATE, flags, stream.id), credit), effects);
    if (fin) {
      finSent(stream, effects);
    }
  }

  /** Writes one frame of {@code stream}, the first in the queue, unless there is no room for it. */
  private boolean writeData(YamuxStream stream, boolean begun, List<Effect> effects) {
    long sendable = Math.min(stream.pendingBytes, stream.sendWindow.bytes());
    int payload = (int) Math.min(sendable, options.frames().sendBytesMax());
    int room = roomBytes - FrameHeader.BYTES;
    if (payload > room) {
      if (room < (begun ? CUT_BYTES_MIN : 1)) {
        return false;
      }
      payload = room;
    }
    data.remove();
    stream.inDataQueue = false;
    boolean last = payload == stream.pendingBytes;
    boolean finOnData = last && stream.finOwed && options.frames().finOnData();
    int flags = stream.takeOpeningFlags() | (finOnData ? FrameHeader.FIN : 0);
    write(new Frame(FrameHeader.head(FrameHeader.DATA, flags, stream.id), payload), effects);
    stream.sendWindow.take(payload);
    stream.pendingBytes -= payload;
    if (stream.crowded && stream.pendingBytes <= options.writeMarks().lowBytes()) {
      stream.crowded = false;
      effects.add(new Effect.Writable(stream.id));
    }
    mayHaveData(stream);
    if (finOnData) {
      finSent(stream, effects);
    } else if (last && stream.finOwed) {
      if (hasRoom() && !stream.inControlQueue) {
        writeControl(stream, effects);
      } else {
        owes(stream);
      }
    }
    return true;
  }

  private void finSent(YamuxStream stream, List<Effect> effects) {
    stream.finOwed = false;
    stream.state = stream.state.afterLocalFin();
    streams.closeIfDone(stream, effects);
  }
}
