package io.minga.node.schedule;

import io.minga.libp2p.identity.PeerId;
import io.minga.node.task.Placement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A batch that wants an owner.
 *
 * @param hintNanos what the submitter expects one task to take, or 0
 * @param tasks how many, at least 1
 * @param near where the parent's result is, for {@link Placement.Rule#NEAR}
 * @param without who isn't asked, such as those who failed or refused it; few
 */
public record Wish(
    Kind kind,
    long hintNanos,
    int tasks,
    Placement.Rule rule,
    @Nullable PeerId near,
    List<PeerId> without) {
  /** Checks the number of tasks. */
  public Wish {
    if (tasks < 1) {
      throw new IllegalArgumentException("a batch has at least 1 task, not " + tasks);
    }
    without = List.copyOf(without);
  }

  /** A batch of so many tasks for whoever is done first. */
  public static Wish balanced(Kind kind, int tasks) {
    return new Wish(kind, 0, tasks, Placement.Rule.BALANCED, null, List.of());
  }
}
