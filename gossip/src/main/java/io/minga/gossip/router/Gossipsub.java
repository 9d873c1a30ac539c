package io.minga.gossip.router;

import io.minga.gossip.message.Message;
import io.minga.gossip.message.MessageId;
import io.minga.gossip.message.Topic;
import io.minga.gossip.rpc.Rpc;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.peers.IpAddress;
import io.minga.libp2p.wire.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * What goes into a {@link GossipRouter} and what comes out of it.
 *
 * <p>An input for a peer that isn't connected, or a ticket that is gone, is ignored: its owner
 * can't have known.
 */
public final class Gossipsub {
  private Gossipsub() {}

  /** Something that happened: an RPC, a wish of the application, a verdict, time. */
  public sealed interface Input {
    /**
     * {@code peer} speaks {@code protocol} with us.
     *
     * @param outbound whether we dialled it: a mesh keeps some such peers
     * @param address where it is, for the score of peers that share an address; null if not known
     */
    record PeerConnected(
        PeerId peer, Protocol protocol, boolean outbound, @Nullable IpAddress address)
        implements Input {}

    /** {@code peer} is gone; what it still had to get is dropped. */
    record PeerDisconnected(PeerId peer) implements Input {}

    /** The sealed record of {@code peer}, which others may get when they are pruned. */
    record PeerIdentified(PeerId peer, Bytes signedRecord) implements Input {}

    /** An RPC came from {@code peer}. */
    record Received(PeerId peer, Rpc rpc) implements Input {}

    /** {@code bytes} of what {@link Effect.Send} told to send to {@code peer} are written. */
    record Sent(PeerId peer, int bytes) implements Input {}

    /** The application wants the messages of {@code topic}. */
    record Subscribe(Topic topic) implements Input {}

    /** The application wants them no more. */
    record Unsubscribe(Topic topic) implements Input {}

    /** The application has written {@code message}, signed: see {@link Effect.Published}. */
    record Publish(Message message) implements Input {}

    /** The answer to the {@link Effect.Validate} of that ticket, now or later. */
    record Validated(long ticket, Verdict verdict) implements Input {}

    /** Messages go to {@code peer} always, and nothing it does is held against it. */
    record AddDirectPeer(PeerId peer) implements Input {}

    /** {@code peer} is a peer like others again. */
    record RemoveDirectPeer(PeerId peer) implements Input {}

    /** What the application thinks of {@code peer}: P5 of its score, before the weight. */
    record SetApplicationScore(PeerId peer, double value) implements Input {}

    /** Time has come to {@link GossipRouter#nextDeadlineNanos()}; too early does no harm. */
    record Tick() implements Input {}
  }

  /** Something to do, in the order of the list. */
  public sealed interface Effect {
    /**
     * Send {@code rpc}, which has {@code bytes} bytes, to {@code peer}, and say {@link Input.Sent}
     * when they are written. Several peers may get the very same RPC, so it need be encoded once.
     */
    record Send(PeerId peer, Rpc rpc, int bytes) implements Effect {}

    /**
     * Verify the signature of {@code message} (StrictSign) if it must be, ask the application, and
     * answer with {@link Input.Validated}. Only what has not been seen before gets here.
     *
     * @param verify whether the signature must be verified; it need not be if the author itself
     *     sent the message over its authenticated connection and nobody else will get it from us
     */
    record Validate(long ticket, PeerId receivedFrom, MessageId id, Message message, boolean verify)
        implements Effect {}

    /** {@code message} was accepted: it is the application's. */
    record Deliver(PeerId receivedFrom, MessageId id, Message message) implements Effect {}

    /** What was published is on its way to so many peers; 0 means that nobody gets it. */
    record Published(MessageId id, int peers) implements Effect {}

    /** What was to be published is not. */
    record PublishRefused(Message message, Refusal reason) implements Effect {}

    /** {@code peer} has subscribed to {@code topic}, or no longer has. */
    record PeerSubscription(PeerId peer, Topic topic, boolean subscribed) implements Effect {}

    /** Connect to {@code peer}, a direct one. */
    record Connect(PeerId peer) implements Effect {}

    /**
     * Another peer recommends {@code peer}: connect to it if that is wanted.
     *
     * @param signedRecord its sealed record, to be verified before it is used; empty if there is
     *     none
     */
    record Recommended(PeerId peer, Bytes signedRecord) implements Effect {}

    /** {@code peer} did what costs score; for logs and the host's own limits. */
    record Penalised(PeerId peer, Offence offence) implements Effect {}
  }

  /** What a peer speaks. */
  public enum Protocol {
    FLOODSUB("/floodsub/1.0.0"),
    MESHSUB_1_0("/meshsub/1.0.0"),
    MESHSUB_1_1("/meshsub/1.1.0"),
    MESHSUB_1_2("/meshsub/1.2.0");

    private final String id;

    Protocol(String id) {
      this.id = id;
    }

    /** The name by which it is negotiated. */
    public String id() {
      return id;
    }

    boolean hasMesh() {
      return this != FLOODSUB;
    }

    boolean hasBackoff() {
      return compareTo(MESHSUB_1_1) >= 0;
    }

    boolean hasIDontWant() {
      return compareTo(MESHSUB_1_2) >= 0;
    }
  }

  /** What becomes of a message. */
  public enum Verdict {
    /** It is good: it is delivered and forwarded. */
    ACCEPT,
    /** Its signature or content is wrong: whoever sent it is penalised, and it leaves no trace. */
    REJECT,
    /** It is of no use: it goes no further, and nobody is to blame. */
    IGNORE
  }

  /** Why a message is not published. */
  public enum Refusal {
    /** It is longer than a message may be. */
    TOO_LARGE,
    /** A message of its id was published or received before. */
    DUPLICATE,
    /** It lacks its author, its sequence number or its signature. */
    UNSIGNED
  }

  /** What a peer did wrong, with the part of the score that it costs. */
  public enum Offence {
    /** It sent a message that was rejected (P4). */
    INVALID_MESSAGE,
    /** It sent GRAFT before its backoff was over (P7). */
    GRAFT_DURING_BACKOFF,
    /** It sent GRAFT even within ten seconds of the PRUNE (P7, once more). */
    GRAFT_FLOOD,
    /** It announced a message and did not send it when asked (P7). */
    BROKEN_PROMISE,
    /** It did not hand on messages that it must have had (P3). */
    MUTE
  }
}
