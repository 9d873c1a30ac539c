package io.minga.node.runtime;

import io.minga.libp2p.multiformats.Cid;
import io.minga.node.runtime.store.BlockHold;
import io.minga.node.runtime.store.BlockStore;
import io.minga.node.task.Payload;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The blocks that the core holds: those fetched for it, and the results that slots gave it. It lets
 * each go by {@link io.minga.node.core.Effect.Release}. Belongs to the loop.
 */
final class CoreBlocks {
  private final BlockStore store;
  private final Map<Cid, Deque<BlockHold>> holds = new LinkedHashMap<>();

  CoreBlocks(BlockStore store) {
    this.store = store;
  }

  BlockStore store() {
    return store;
  }

  /**
   * For any thread: what keeps those of {@code inputs} that go by their CID; empty if none does.
   */
  @Nullable BlockHold[] hold(List<Payload> inputs) {
    @Nullable BlockHold[] held = {};
    for (int call = 0; call < inputs.size(); call++) {
      if (inputs.get(call) instanceof Payload.Content content) {
        held = held.length == 0 ? new BlockHold[inputs.size()] : held;
        held[call] = store.hold(content.cid());
      }
    }
    return held;
  }

  /** The core has it, once more. */
  void add(BlockHold hold) {
    holds.computeIfAbsent(hold.cid(), it -> new ArrayDeque<>(1)).add(hold);
  }

  /** The core needs it once less. */
  void release(Cid cid) {
    Deque<BlockHold> its = holds.get(cid);
    if (its == null) {
      throw new IllegalStateException("the core releases a block that it does not hold: " + cid);
    }
    its.remove().close();
    if (its.isEmpty()) {
      holds.remove(cid);
    }
  }
}
