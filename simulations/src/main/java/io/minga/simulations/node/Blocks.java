package io.minga.simulations.node;

import static io.minga.simulations.events.Simulation.SECOND;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.Bytes;
import io.minga.node.core.Effect;
import io.minga.node.core.Input;
import io.minga.simulations.plan.Plan;
import java.util.List;

/** Fetches batches by their names, from whoever has them: a round trip, and as long as they are. */
final class Blocks {
  private final World world;
  private final Plan plan;
  private long bytes;

  Blocks(World world, Plan plan) {
    this.world = world;
    this.plan = plan;
  }

  /** How many bytes have been fetched. */
  long bytes() {
    return bytes;
  }

  void fetch(NodePeer peer, Effect.Fetch wanted) {
    ask(peer, wanted, wanted.from());
  }

  private void ask(NodePeer peer, Effect.Fetch wanted, List<PeerId> from) {
    if (from.isEmpty()) {
      String why = "none of the %d peers asked has it".formatted(wanted.from().size());
      peer.at(peer.nowNanos(), () -> peer.input(new Input.NotFetched(wanted.cid(), why)));
      return;
    }
    int holder = world.number(from.get(0));
    long wayNanos = world.network().latencyNanos(peer.number, holder);
    peer.at(peer.nowNanos() + 2 * wayNanos, () -> asked(peer, wanted, from, holder));
  }

  private void asked(NodePeer peer, Effect.Fetch wanted, List<PeerId> from, int holder) {
    Bytes block = has(peer, holder) ? world.peer(holder).core().block(wanted.cid()) : null;
    if (block == null) {
      ask(peer, wanted, from.subList(1, from.size()));
      return;
    }
    Claims.hashes(world.peer(holder), wanted.cid(), block);
    bytes += block.length();
    long takesNanos = block.length() * SECOND / plan.link().bytesPerSecond();
    peer.at(peer.nowNanos() + takesNanos, () -> peer.input(new Input.Fetched(wanted.cid(), block)));
  }

  /** Whether the holder answers. */
  private boolean has(NodePeer peer, int holder) {
    return world.isRunning(holder)
        && !world.peer(holder).isPaused()
        && !world.network().isCut(peer.number, holder)
        && !world.network().isCut(holder, peer.number);
  }
}
