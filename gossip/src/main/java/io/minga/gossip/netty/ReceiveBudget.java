package io.minga.gossip.netty;

import io.minga.libp2p.wire.Uvarint;
import java.util.concurrent.atomic.AtomicLong;

/** What the RPCs take that have come and wait for the router. Safe for any thread. */
final class ReceiveBudget {
  /** The objects of an RPC and of the queue, roughly. */
  private static final int RPC_BYTES = 512;

  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong readBytes = new AtomicLong();
  private final AtomicLong pauses = new AtomicLong();
  private final int bytesMax;
  private final int peerBytesMax;

  ReceiveBudget(NettyGossipOptions.Limits limits) {
    bytesMax = limits.receivedBytesMax();
    peerBytesMax = limits.peerReceivedBytesMax();
  }

  /** What an RPC of {@code length} bytes is counted as: it is longer in memory than on the wire. */
  static int weight(int length) {
    return RPC_BYTES + 2 * length;
  }

  /** An RPC of {@code length} bytes has come. */
  void read(int length) {
    readBytes.addAndGet(Uvarint.length(length) + length);
  }

  /** What has come since the start, with its lengths. */
  long readBytes() {
    return readBytes.get();
  }

  void take(int weight) {
    bytes.addAndGet(weight);
  }

  void give(int weight) {
    bytes.addAndGet(-weight);
  }

  /** Whether a stream that has {@code own} bytes waiting must not be read on. */
  boolean isFull(int own) {
    return own >= peerBytesMax || bytes.get() >= bytesMax;
  }

  /** Whether a stream that was not read may be, as far as its own bytes go. */
  boolean hasRoom(int own) {
    return own <= peerBytesMax / 2;
  }

  /** Whether streams may be read on that were not because of all together. */
  boolean hasRoom() {
    return bytes.get() <= bytesMax / 2;
  }

  void paused() {
    pauses.incrementAndGet();
  }

  long pauses() {
    return pauses.get();
  }

  long bytes() {
    return bytes.get();
  }
}
