package io.minga.gossip.message;

import io.minga.libp2p.wire.Bytes;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What messages are about: the name by which peers subscribe. The wire has UTF-8; a peer's name
 * that is none is kept as it came, since it can only differ from all of ours.
 */
public final class Topic {
  private final Bytes name;
  private final int hash;

  private Topic(Bytes name) {
    this.name = name;
    this.hash = name.hashCode();
  }

  /** The topic called {@code name}, which isn't empty. */
  public static Topic of(String name) {
    return of(Bytes.utf8(name));
  }

  /** The topic whose name the wire has as {@code name}, which isn't empty. */
  public static Topic of(Bytes name) {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("a topic's name has at least one byte, this has none");
    }
    return new Topic(name);
  }

  /** The name as the wire has it. */
  public Bytes name() {
    return name;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Topic that && hash == that.hash && name.equals(that.name);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  /** The name as text, with what is no UTF-8 replaced. */
  @Override
  public String toString() {
    return new String(name.toByteArray(), StandardCharsets.UTF_8);
  }
}
