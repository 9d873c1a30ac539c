package io.minga.node.journal;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.node.task.CopyFrame;
import io.minga.node.task.Tries;
import java.util.List;

/**
 * A batch that is kept for its submitter.
 *
 * @param said whose outcomes of which tasks count; no task twice
 * @param tries what is known of how often tasks were tried
 */
public record KeptCopy(CopyFrame.Keep keep, List<Said> said, Tries tries) {
  /** Copies the list. */
  public KeptCopy {
    said = List.copyOf(said);
  }

  /** One of which no task has failed yet, as far as is known. */
  public KeptCopy(CopyFrame.Keep keep, List<Said> said) {
    this(keep, said, Tries.NONE);
  }

  /** The tasks whose outcomes {@code origin} said. */
  public record Said(PeerId origin, IndexSet indexes) {}
}
