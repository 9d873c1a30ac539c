package io.minga.benchmarks.gossip;

import io.minga.gossip.message.Topic;
import io.minga.libp2p.wire.Bytes;
import java.nio.ByteBuffer;

/**
 * What a message says: 200 bytes of which nine have a meaning.
 *
 * @param sentNanos when it was about to be published, by the monotonic clock that the processes of
 *     one machine share
 * @param wantsReceipt whether the server is to answer with a {@link Receipt}
 */
record Payload(long sentNanos, boolean wantsReceipt) {
  static final Topic TOPIC = Topic.of("/minga/bench/messages");

  private static final int BYTES = 200;

  Bytes encode() {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES);
    bytes.putLong(sentNanos).put((byte) (wantsReceipt ? 1 : 0));
    return Bytes.copyOf(bytes.array());
  }

  static Payload decode(Bytes data) {
    ByteBuffer bytes = data.asReadOnlyBuffer();
    return new Payload(bytes.getLong(), bytes.get() != 0);
  }
}
