package io.minga.node.story;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.node.task.FunctionName;
import io.minga.node.task.TaskRef;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A task, as the peer that is asked knows it.
 *
 * @param ref which submission of it
 * @param cid its identity, which equal memoizable calls share; null if its bytes are gone, as those
 *     of short tasks that are over are
 * @param where who has it, or had it last; null if nobody ever did
 * @param attempts how often it was handed to a peer
 * @param submitter the peer that it came in at
 * @param since when it came in at the peer that is asked
 * @param ended when it was over there; null if it is open
 */
public record TaskInfo(
    TaskRef ref,
    @Nullable Cid cid,
    FunctionName function,
    TaskState state,
    @Nullable PeerId where,
    int attempts,
    PeerId submitter,
    Instant since,
    @Nullable Instant ended) {
  /** What {@link TaskName} finds it by: its CID, or else its submission. */
  public String name() {
    return cid == null ? ref.toString() : cid.toString();
  }

  @Override
  public String toString() {
    return "%s, %s, %s".formatted(name(), function, state);
  }
}
