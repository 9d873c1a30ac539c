package io.minga.gossip.message;

import io.minga.libp2p.wire.Bytes;
import org.jspecify.annotations.Nullable;

/** What a message is recognised by: bytes that a {@link MessageIdFunction} made of it. */
public final class MessageId {
  private final Bytes bytes;
  private final int hash;

  private MessageId(Bytes bytes) {
    this.bytes = bytes;
    this.hash = bytes.hashCode();
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
