package io.minga.libp2p.yamux;

/**
 * What a session knows of one stream: its state, its windows, what it owes the peer. It is in the
 * session's table until it is {@link #gone}.
 */
final class YamuxStream {
  final int id;
  final boolean inbound;
  final SendWindow sendWindow;
  final ReceiveWindow receiveWindow;

  StreamState state = StreamState.OPEN;

  /** No longer in the table; whoever still holds it lets it be. */
  boolean gone;

  /** Bytes that the application sent and no frame has taken yet. */
  long pendingBytes;

  /** Over the high mark, and not yet under the low one again. */
  boolean crowded;

  /** The first frame that we send carries SYN or ACK. */
  boolean synOwed;

  boolean ackOwed;

  /** The peer has shown that it knows a stream of ours. */
  boolean acknowledged;

  /** The application sends no more; FIN goes when nothing is pending. */
  boolean finOwed;

  boolean writeClosed;

  /** The application reads no more. */
  boolean readClosed;

  /** Credit is due to the peer. */
  boolean creditOwed;

  boolean inControlQueue;
  boolean inDataQueue;

  YamuxStream(int id, boolean inbound, int initialWindowBytes, long nowNanos) {
    this.id = id;
    this.inbound = inbound;
    this.sendWindow = new SendWindow(initialWindowBytes);
    this.receiveWindow = new ReceiveWindow(initialWindowBytes, nowNanos);
    this.synOwed = !inbound;
    this.ackOwed = inbound;
    this.acknowledged = inbound;
  }

  /** Whether a data frame could go now. */
  boolean hasDataToSend() {
    return pendingBytes > 0 && sendWindow.bytes() > 0;
  }

  /** Whether both sides are done with it and all that came was read. */
  boolean isDone() {
    return !state.isLocalOpen()
        && (readClosed || (!state.isRemoteOpen() && receiveWindow.unreadBytes() == 0));
  }

  /** The SYN or ACK that the next frame carries. */
  int takeOpeningFlags() {
    int flags = (synOwed ? FrameHeader.SYN : 0) | (ackOwed ? FrameHeader.ACK : 0);
    synOwed = false;
    ackOwed = false;
    return flags;
  }
}
