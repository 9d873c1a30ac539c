package io.minga.crdt.claims;

import io.minga.crdt.wire.Id;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one task.
 *
 * @param phase null while nobody has claimed it
 * @param epoch 0 while nobody has claimed it, and when it is settled
 * @param owner the peer whose claim is in force; the submitter when it is settled
 */
public record Register(@Nullable Phase phase, int epoch, @Nullable Id owner) {
  /** A task that nobody has claimed. */
  public static final Register UNCLAIMED = new Register(null, 0, null);
}
