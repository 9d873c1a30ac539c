package io.minga.gossip.rpc;

import io.minga.gossip.message.Message;
import io.minga.gossip.message.MessageId;
import io.minga.gossip.message.Topic;
import io.minga.libp2p.wire.Bytes;
import java.util.List;

/** What one frame between two peers says: subscriptions, messages, and control of the mesh. */
public record Rpc(List<Subscription> subscriptions, List<Message> messages, Control control) {
  /** A frame that says this, in lists that don't change afterwards. */
  public Rpc {
    subscriptions = List.copyOf(subscriptions);
    messages = List.copyOf(messages);
  }

  /** A frame with one message and nothing else. */
  public static Rpc of(Message message) {
    return new Rpc(List.of(), List.of(message), Control.NONE);
  }

  /** A frame with nothing but control. */
  public static Rpc of(Control control) {
    return new Rpc(List.of(), List.of(), control);
  }

  /** That the sender subscribes to {@code topic}, or does no longer. */
  public record Subscription(boolean subscribe, Topic topic) {}

  /** The five kinds of control message. */
  public record Control(
      List<IHave> ihave,
      List<IWant> iwant,
      List<Graft> graft,
      List<Prune> prune,
      List<IDontWant> idontwant) {
    /** No control message. */
    public static final Control NONE =
        new Control(List.of(), List.of(), List.of(), List.of(), List.of());

    /** Control messages, in lists that don't change afterwards. */
    public Control {
      ihave = List.copyOf(ihave);
      iwant = List.copyOf(iwant);
      graft = List.copyOf(graft);
      prune = List.copyOf(prune);
      idontwant = List.copyOf(idontwant);
    }

    /** Whether there is none. */
    public boolean isEmpty() {
      return ihave.isEmpty()
          && iwant.isEmpty()
          && graft.isEmpty()
          && prune.isEmpty()
          && idontwant.isEmpty();
    }
  }

  /** The sender has seen the messages {@code ids} of {@code topic} lately. */
  public record IHave(Topic topic, List<MessageId> ids) {
    /** Gossip in a list that doesn't change afterwards. */
    public IHave {
      ids = List.copyOf(ids);
    }
  }

  /** The sender asks for the messages {@code ids}. */
  public record IWant(List<MessageId> ids) {
    /** A question in a list that doesn't change afterwards. */
    public IWant {
      ids = List.copyOf(ids);
    }
  }

  /** The sender has taken the receiver into its mesh for {@code topic}. */
  public record Graft(Topic topic) {}

  /**
   * The sender has the receiver in its mesh for {@code topic} no longer.
   *
   * @param peers others whom the receiver may graft instead
   * @param backoffSeconds how long the receiver must not GRAFT, unsigned; 0 if it was not said
   */
  public record Prune(Topic topic, List<PeerInfo> peers, long backoffSeconds) {
    /** A PRUNE in a list that doesn't change afterwards. */
    public Prune {
      peers = List.copyOf(peers);
    }
  }

  /** The sender needs the messages {@code ids} no more (1.2). */
  public record IDontWant(List<MessageId> ids) {
    /** A refusal in a list that doesn't change afterwards. */
    public IDontWant {
      ids = List.copyOf(ids);
    }
  }

  /**
   * A peer that a PRUNE recommends.
   *
   * @param id its peer id, as bytes: not yet checked
   * @param signedRecord its sealed peer record, not yet verified; empty if there was none
   */
  public record PeerInfo(Bytes id, Bytes signedRecord) {}
}
