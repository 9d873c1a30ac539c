package io.minga.benchmarks.gossip;

import io.minga.gossip.message.Topic;
import io.minga.libp2p.wire.Bytes;
import java.nio.ByteBuffer;

/**
 * The server's answer to a message that wants one.
 *
 * @param delivered how many messages the server has got by then
 * @param latencyNanos how long this one took from its publication until the server's listener
 * @param cost what the server has used by then
 */
record Receipt(long delivered, long latencyNanos, Cost cost) {
  static final Topic TOPIC = Topic.of("/minga/bench/receipts");

  Bytes encode() {
    ByteBuffer bytes = ByteBuffer.allocate(4 * Long.BYTES);
    bytes.putLong(delivered).putLong(latencyNanos);
    bytes.putLong(cost.cpuNanos()).putLong(cost.allocatedBytes());
    return Bytes.copyOf(bytes.array());
  }

  static Receipt decode(Bytes data) {
    ByteBuffer bytes = data.asReadOnlyBuffer();
    return new Receipt(
        bytes.getLong(), bytes.getLong(), new Cost(bytes.getLong(), bytes.getLong()));
  }
}
