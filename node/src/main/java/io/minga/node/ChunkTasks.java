package io.minga.node;

import io.minga.libp2p.multiformats.Cid;
import io.minga.node.core.Submission;
import io.minga.node.task.Batch;
import io.minga.node.task.TaskRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which tasks the calls of a chunk became; written on the loop, as they end, and read anywhere. */
final class ChunkTasks {
  /** While the chunk has open calls. */
  private volatile @Nullable Submission submission;

  private volatile List<Part> parts = List.of();
  private volatile boolean done;
  private @Nullable Batch last;

  /** A batch that has calls of the chunk; they are in their order there. */
  private record Part(Cid batch, int size, int shift) {}

  void submittedAs(Submission submission) {
    this.submission = submission;
    if (done) { // while it was submitted
      this.submission = null;
    }
  }

  /** A call of the chunk has ended as this task. */
  @SuppressWarnings("ReferenceEquality") // a short cut, for most are the same
  void ended(int call, @Nullable Batch batch, int index) {
    if (batch == null || batch == last) {
      return;
    }
    last = batch;
    Part part = new Part(batch.cid(), batch.size(), index - call);
    if (!parts.contains(part)) {
      List<Part> more = new ArrayList<>(parts);
      more.add(part);
      parts = List.copyOf(more);
    }
  }

  /** All have ended. */
  void done() {
    last = null;
    done = true;
    submission = null;
  }

  /** What is to be asked as long as the chunk has open calls. */
  @Nullable Submission submission() {
    return submission;
  }

  /** The task that a call became, if it, or another call of the same batch, has ended. */
  Optional<TaskRef> task(int call) {
    for (Part part : parts) {
      int index = call + part.shift;
      if (index >= 0 && index < part.size) {
        return Optional.of(new TaskRef(part.batch, index));
      }
    }
    return Optional.empty();
  }
}
