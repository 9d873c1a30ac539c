package io.minga.node.runtime;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.wire.Bytes;
import io.minga.node.core.Input;
import io.minga.node.core.NodeCore;
import io.minga.node.runtime.store.BlockHold;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Brings the core what the block streams fetch, and asks it for what they serve. */
final class FetchedBlocks implements BlockLinks.Owner {
  private final NodeLoop loop;
  private final NodeCore core;
  private final CoreBlocks blocks;
  private final BiConsumer<PeerId, String> punishing;

  FetchedBlocks(
      NodeLoop loop, NodeCore core, CoreBlocks blocks, BiConsumer<PeerId, String> punishing) {
    this.loop = loop;
    this.core = core;
    this.blocks = blocks;
    this.punishing = punishing;
  }

  @Override
  public void fetched(Cid cid, @Nullable BlockHold hold, @Nullable Bytes batch) {
    loop.submit(
        now -> {
          if (hold != null) {
            blocks.add(hold);
          }
          loop.handle(now, new Input.Fetched(cid, batch));
        });
  }

  @Override
  public void notFetched(Cid cid, String why) {
    loop.submit(new Input.NotFetched(cid, why));
  }

  @Override
  public void misbehaved(PeerId peer, String why) {
    loop.submit(now -> punishing.accept(peer, why));
  }

  @Override
  public void batch(Cid cid, Consumer<@Nullable Bytes> then) {
    loop.submit(now -> then.accept(core.block(cid)));
  }
}
