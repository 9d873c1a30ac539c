package io.minga.node.task;

import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.wire.Bytes;
import java.nio.ByteBuffer;

/** An input or a result: its bytes, or the name by which they are fetched. */
public sealed interface Payload {
  /** Its size, in bytes. */
  long sizeBytes();

  /** A payload that is there: {@code bytes} themselves. */
  static Inline of(Bytes bytes) {
    return new Inline(bytes, 0, bytes.length());
  }

  /** Bytes that lie in a message, which they keep alive. Compared by content. */
  final class Inline implements Payload {
    private final Bytes source;
    private final int from;
    private final int length;

    Inline(Bytes source, int from, int length) {
      this.source = source;
      this.from = from;
      this.length = length;
    }

    @Override
    public long sizeBytes() {
      return length;
    }

    /** A read-only view, without a copy. */
    public ByteBuffer view() {
      return source.asReadOnlyBuffer().slice(from, length);
    }

    /** The bytes by themselves, copied unless they are all of their message. */
    public Bytes toBytes() {
      return source.slice(from, from + length);
    }

    /** A copy of the bytes. */
    public byte[] toByteArray() {
      return source.toByteArray(from, from + length);
    }

    void writeTo(ByteBuffer out) {
      if (length == source.length()) {
        source.writeTo(out);
      } else {
        out.put(view());
      }
    }

    @Override
    public boolean equals(Object other) {
      return this == other || (other instanceof Inline that && isSame(that));
    }

    private boolean isSame(Inline that) {
      if (length != that.length) {
        return false;
      }
      for (int i = 0; i < length; i++) {
        if (source.at(from + i) != that.source.at(that.from + i)) {
          return false;
        }
      }
      return true;
    }

    @Override
    public int hashCode() {
      return view().hashCode();
    }

    @Override
    public String toString() {
      return length + " B";
    }
  }

  /**
   * Bytes that are fetched from whoever has them.
   *
   * @param cid their name, with codec raw
   * @param sizeBytes how many they are
   */
  record Content(Cid cid, long sizeBytes) implements Payload {
    /** Checks the name and the size. */
    public Content {
      TaskCid.require(cid, Cid.RAW);
      if (sizeBytes < 0) {
        throw new IllegalArgumentException("a size can't be negative: " + sizeBytes);
      }
    }
  }
}
