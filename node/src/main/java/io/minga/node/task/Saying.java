package io.minga.node.task;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * What one peer says to all of batches: by gossip, and from hand to hand to those whom gossip
 * hasn't reached.
 *
 * @param author who says so; null if it is whoever hands this over, which the connection proves
 * @param message an encoded {@link Announcement} or {@link io.minga.crdt.claims.ClaimMessage}
 * @param proof that the author says so, which this package doesn't look into; empty if there is no
 *     author
 */
public record Saying(@Nullable PeerId author, Kind kind, Bytes message, Bytes proof) {
  /** The longest message, in bytes. */
  public static final int MESSAGE_BYTES_MAX = 64 * 1024;

  /** The longest proof, in bytes: with a key and a signature of RSA with 4096 bits. */
  public static final int PROOF_BYTES_MAX = 2048;

  /** What a message is about. */
  public enum Kind {
    /** A batch. */
    ANNOUNCEMENT,
    /** Claims to batches. */
    CLAIMS
  }

  /** Checks that another's word comes with its proof. */
  public Saying {
    if ((author == null) != proof.isEmpty()) {
      throw new IllegalArgumentException("there is a proof of what another says, and only of that");
    }
  }

  /** What whoever hands it over says itself. */
  public static Saying own(Kind kind, Bytes message) {
    return new Saying(null, kind, message, Bytes.EMPTY);
  }

  /** Roughly what it takes in a frame, in bytes. */
  public int length() {
    return 64 + message.length() + proof.length();
  }
}
