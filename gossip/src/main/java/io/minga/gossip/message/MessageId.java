package io.minga.gossip.message;

import io.minga.libp2p.wire.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * What a message is recognised by: bytes that a {@link MessageIdFunction} made of it. Ordered as
 * unsigned, so that ids which somebody has made of equal hashes are still found fast.
 */
public final class MessageId implements Comparable<MessageId> {
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;
  private static final long MIX = 0xbf58476d1ce4e5b9L;

  private final Bytes bytes;
  private final int hash;

  private MessageId(Bytes bytes) {
    this.bytes = bytes;
    this.hash = hash(bytes);
  }

  /**
   * FNV-1a, whose last bytes a step of SplitMix64 spreads over all bits. The hash of arrays, a sum
   * with factors of 31, gives the consecutive numbers of an author few thousand values, however
   * many they are.
   */
  private static int hash(Bytes bytes) {
    long hash = FNV_OFFSET;
    for (int i = 0; i < bytes.length(); i++) {
      hash = (hash ^ bytes.at(i)) * FNV_PRIME;
    }
    return (int) (((hash ^ (hash >>> 30)) * MIX) >>> 32);
  }

  /** The id of these bytes, which aren't none. */
  public static MessageId of(Bytes bytes) {
    if (bytes.isEmpty()) {
      throw new IllegalArgumentException("a message id has at least one byte, this has none");
    }
    return new MessageId(bytes);
  }

  /** The bytes as the wire has them. */
  public Bytes bytes() {
    return bytes;
  }

  @Override
  public int compareTo(MessageId other) {
    return bytes.compareTo(other.bytes);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof MessageId that && hash == that.hash && bytes.equals(that.bytes);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return bytes.toString();
  }
}
