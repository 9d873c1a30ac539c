package io.minga.node.runtime;

import io.minga.gossip.Gossip;
import io.minga.gossip.netty.NettyGossip;
import io.minga.gossip.netty.NettyGossipOptions;
import io.minga.libp2p.Host;
import io.minga.libp2p.HostOptions;
import io.minga.libp2p.netty.NettyDiscovery;
import io.minga.node.core.Effect;
import io.minga.node.core.NodeOptions;
import io.minga.node.task.CopyFrame;
import io.minga.node.task.MoveFrame;
import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.Executor;
import java.util.function.IntSupplier;

/** What there is of a peer that is not alone: its host, gossip, and the streams with others. */
final class PeerNetwork implements AutoCloseable {
  final Host host;
  final Gossip gossip;
  final WorkLinks links;
  final BlockLinks blocks;
  private final OneWayLinks<MoveFrame> moves;
  private final OneWayLinks<CopyFrame> copies;
  private final GossipTopics topics;
  private final NettyDiscovery discovery;
  private final Addresses addresses;

  PeerNetwork(
      NodeOptions options,
      Host host,
      HostOptions hosting,
      NettyDiscovery discovery,
      NodeLoop loop,
      EventExecutor executor,
      BlockLinks blocks,
      Executor verifying,
      IntSupplier peers) {
    this.host = host;
    this.discovery = discovery;
    this.blocks = blocks;
    this.gossip =
        NettyGossip.start(
            host, NettyGossipOptions.of(hosting.identity()).withHints(discovery::hint), executor);
    this.links = new WorkLinks(host, options.tasks(), loop, executor);
    this.moves = OneWayLinks.moves(host, options.tasks(), loop);
    this.copies = OneWayLinks.copies(host, options.tasks(), loop);
    this.addresses = new Addresses(options.limits().peersMax());
    this.topics =
        new GossipTopics(
            gossip,
            options.network(),
            options.tasks(),
            host,
            addresses,
            loop,
            executor,
            verifying,
            peers);
  }

  /** Listens to others. */
  void begin() {
    topics.start();
    links.start();
    moves.start();
    copies.start();
    blocks.start();
  }

  /** On the loop: does what the core says, as far as it is about others. */
  void perform(Effect effect) {
    if (effect instanceof Effect.Send it) {
      links.send(it.to(), it.frame());
    } else if (effect instanceof Effect.SendMove it) {
      moves.send(it.to(), it.frame());
    } else if (effect instanceof Effect.SendCopy it) {
      copies.send(it.to(), it.frame());
    } else if (effect instanceof Effect.Report it) {
      topics.report(it.report());
    } else if (effect instanceof Effect.Announce it) {
      topics.announce(it.announcement());
    } else if (effect instanceof Effect.Claim it) {
      topics.claim(it.message());
    } else if (effect instanceof Effect.Verify it) {
      topics.verify(it);
    } else if (effect instanceof Effect.Fetch it) {
      blocks.fetch(it);
    } else if (effect instanceof Effect.Connect it) {
      links.connect(it.peer(), addresses.of(it.peer()));
    } else if (effect instanceof Effect.Misbehaved it) {
      links.punish(it.peer(), it.why());
    }
  }

  @Override
  public void close() {
    discovery.close();
    gossip.close();
    blocks.close();
    host.close();
  }
}
