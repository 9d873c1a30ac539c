package io.minga.node.journal;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.node.task.CopyFrame;
import java.util.List;

/**
 * A batch that is kept for its submitter.
 *
 * @param said whose outcomes of which tasks count; no task twice
 */
public record KeptCopy(CopyFrame.Keep keep, List<Said> said) {
  /** Copies the list. */
  public KeptCopy {
    said = List.copyOf(said);
  }

  /** The tasks whose outcomes {@code origin} said. */
  public record Said(PeerId origin, IndexSet indexes) {}
}
