package io.minga.gossip.message;

import io.minga.libp2p.wire.Bytes;

/**
 * One message of a topic, as it travels. A part that the wire did not have is empty.
 *
 * @param from the author's peer id, as bytes: whoever hands the message on does not matter here
 * @param data what is said
 * @param seqno the author's sequence number, eight bytes big-endian
 * @param topic what it is about
 * @param signature the author's, over the first four parts
 * @param key the author's public key; empty where {@code from} contains it
 */
public record Message(
    Bytes from, Bytes data, Bytes seqno, Topic topic, Bytes signature, Bytes key) {
  /** The bytes that this message keeps from being freed, roughly, for budgets. */
  public int heldBytes() {
    return HELD_BYTES_MIN
        + from.length()
        + data.length()
        + seqno.length()
        + topic.name().length()
        + signature.length()
        + key.length();
  }

  private static final int HELD_BYTES_MIN = 256;

  /** Who wrote about what and how much, without the data. */
  @Override
  public String toString() {
    return "Message[" + from + " " + seqno + " in " + topic + ", " + data.length() + " B]";
  }
}
