package io.minga.node.runtime;

import io.minga.node.handlers.FailureKind;
import io.minga.node.handlers.HandlerException;
import io.minga.node.handlers.LargeResults;
import io.minga.node.handlers.Outcome;
import io.minga.node.handlers.Run;
import io.minga.node.runtime.store.BlockException;
import io.minga.node.runtime.store.BlockHold;
import io.minga.node.runtime.store.BlockStore;
import org.jspecify.annotations.Nullable;

/** Large inputs and results between the block store and slots, on the slots' threads. */
final class SlotBlocks implements LargeResults {
  private final BlockStore store;

  SlotBlocks(BlockStore store) {
    this.store = store;
  }

  @Override
  public Outcome keep(byte[] result) {
    try {
      BlockHold hold = store.put(result);
      return new Outcome.Kept(hold.cid(), hold.sizeBytes(), hold);
    } catch (BlockException e) {
      return Outcome.Failure.of(
          FailureKind.OVERLOADED,
          "its result of %d B can't be kept: %s".formatted(result.length, e.getMessage()));
    }
  }

  /** The inputs of a run that are held; the slot that begins a task reads its. */
  static Run.Inputs inputs(@Nullable BlockHold[] holds) {
    return position -> {
      BlockHold hold = holds[position];
      if (hold == null) {
        throw new HandlerException(
            FailureKind.MISSING_INPUT, "its input is not in the block store any more");
      }
      try {
        return hold.bytes();
      } catch (BlockException e) {
        throw new HandlerException(FailureKind.MISSING_INPUT, String.valueOf(e.getMessage()));
      }
    };
  }

  /** Lets go of the input of a task. */
  static void release(@Nullable BlockHold[] holds, int position) {
    BlockHold hold = holds.length == 0 ? null : holds[position];
    if (hold != null) {
      hold.close();
    }
  }
}
