package io.minga.gossip.netty;

import io.minga.gossip.router.GossipOptions;
import io.minga.gossip.router.Gossipsub.Protocol;
import io.minga.gossip.rpc.RpcLimits;
import io.minga.libp2p.identity.PrivateKey;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How gossip runs on a host. Begin with {@link #of} and change what should differ.
 *
 * @param identity the host's key, which signs what is published
 * @param protocols what is spoken, the preferred one first
 * @param router parameters and limits of the protocol
 * @param rpc what an RPC from a peer may have
 * @param limits what the shell keeps at most
 * @param validatorTimeout how long a {@link io.minga.gossip.Validator} may take until its verdict
 *     is IGNORE
 * @param hints who is told of recommended peers; if empty, they are dialled at once
 */
public record NettyGossipOptions(
    PrivateKey identity,
    List<Protocol> protocols,
    GossipOptions router,
    RpcLimits rpc,
    Limits limits,
    Duration validatorTimeout,
    Optional<PeerHints> hints) {
  /** Checks that a protocol is spoken. */
  public NettyGossipOptions {
    protocols = List.copyOf(protocols);
    if (protocols.isEmpty()) {
      throw new IllegalArgumentException("gossip speaks at least one protocol, these are none");
    }
  }

  /** The defaults of gossipsub 1.2 and of all it falls back to, for the host with this key. */
  public static NettyGossipOptions of(PrivateKey identity) {
    return new NettyGossipOptions(
        identity,
        List.of(
            Protocol.MESHSUB_1_2, Protocol.MESHSUB_1_1, Protocol.MESHSUB_1_0, Protocol.FLOODSUB),
        GossipOptions.DEFAULT,
        RpcLimits.DEFAULT,
        Limits.DEFAULT,
        Duration.ofSeconds(5),
        Optional.empty());
  }

  /** These options, speaking {@code protocols}, the preferred one first. */
  public NettyGossipOptions withProtocols(List<Protocol> protocols) {
    return new NettyGossipOptions(
        identity, protocols, router, rpc, limits, validatorTimeout, hints);
  }

  /** These options with other parameters of the protocol. */
  public NettyGossipOptions with(GossipOptions router) {
    return new NettyGossipOptions(
        identity, protocols, router, rpc, limits, validatorTimeout, hints);
  }

  /** These options, taking such RPCs. */
  public NettyGossipOptions with(RpcLimits rpc) {
    return new NettyGossipOptions(
        identity, protocols, router, rpc, limits, validatorTimeout, hints);
  }

  /** These options, keeping so much. */
  public NettyGossipOptions with(Limits limits) {
    return new NettyGossipOptions(
        identity, protocols, router, rpc, limits, validatorTimeout, hints);
  }

  /** These options, waiting so long for validators. */
  public NettyGossipOptions withValidatorTimeout(Duration validatorTimeout) {
    return new NettyGossipOptions(
        identity, protocols, router, rpc, limits, validatorTimeout, hints);
  }

  /** These options, leaving to {@code hints} which recommended peers are dialled. */
  public NettyGossipOptions withHints(PeerHints hints) {
    return new NettyGossipOptions(
        identity, protocols, router, rpc, limits, validatorTimeout, Optional.of(hints));
  }

  /**
   * What is kept at most between the threads.
   *
   * @param receivedBytesMax what the RPCs of all peers take that wait for the router, roughly; then
   *     their streams are not read
   * @param peerReceivedBytesMax the same of one peer
   * @param pendingValidationsMax messages that await their verdict; then the router is given no
   *     RPCs
   * @param waitingPublishesMax messages that wait to be published; more are refused as BUSY
   * @param waitingPublishBytesMax what these take
   * @param connectsMax peers that are dialled, or whose records are verified, at a time because the
   *     router asks for them
   * @param waitingConnectsMax peers that wait to be dialled; more are skipped
   * @param inboundStreamsMax streams of one connection at a time, of which the newest is heard
   */
  public record Limits(
      int receivedBytesMax,
      int peerReceivedBytesMax,
      int pendingValidationsMax,
      int waitingPublishesMax,
      int waitingPublishBytesMax,
      int connectsMax,
      int waitingConnectsMax,
      int inboundStreamsMax) {
    private static final int MIB = 1 << 20;

    /** 32 MiB, 1 MiB of one peer; 2048; 4096 and 16 MiB; 8 and 64; 4. */
    public static final Limits DEFAULT = new Limits(32 * MIB, MIB, 2048, 4096, 16 * MIB, 8, 64, 4);

    /** Checks that there is room for something everywhere. */
    public Limits {
      int[] all = {
        receivedBytesMax,
        peerReceivedBytesMax,
        pendingValidationsMax,
        waitingPublishesMax,
        waitingPublishBytesMax,
        connectsMax,
        waitingConnectsMax,
        inboundStreamsMax
      };
      for (int limit : all) {
        if (limit < 1) {
          throw new IllegalArgumentException("a limit of gossip is at least 1, not " + limit);
        }
      }
    }
  }
}
