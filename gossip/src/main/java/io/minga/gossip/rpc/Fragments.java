package io.minga.gossip.rpc;

import io.minga.gossip.message.Message;
import io.minga.gossip.message.MessageId;
import io.minga.gossip.rpc.Rpc.Control;
import io.minga.gossip.rpc.Rpc.Graft;
import io.minga.gossip.rpc.Rpc.IDontWant;
import io.minga.gossip.rpc.Rpc.IHave;
import io.minga.gossip.rpc.Rpc.IWant;
import io.minga.gossip.rpc.Rpc.Prune;
import io.minga.gossip.rpc.Rpc.Subscription;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Cuts an RPC that is too long into shorter ones that together say the same in the same order. Only
 * lists are cut: a message or a PRUNE that is too long by itself goes alone.
 */
public final class Fragments {
  /** What the fields around a list may take, in bytes: control, entry and topic. */
  private static final int FRAME_BYTES = 16;

  private final int bytesMax;
  private final List<Rpc> done = new ArrayList<>();
  private List<Subscription> subscriptions = new ArrayList<>();
  private List<Message> messages = new ArrayList<>();
  private List<IHave> ihave = new ArrayList<>();
  private List<IWant> iwant = new ArrayList<>();
  private List<Graft> graft = new ArrayList<>();
  private List<Prune> prune = new ArrayList<>();
  private List<IDontWant> idontwant = new ArrayList<>();
  private int bytes;

  private Fragments(int bytesMax) {
    this.bytesMax = bytesMax;
  }

  /** {@code rpc} in pieces of at most {@code bytesMax} bytes where that can be. */
  public static List<Rpc> split(Rpc rpc, int bytesMax) {
    return RpcCodec.length(rpc) <= bytesMax ? List.of(rpc) : new Fragments(bytesMax).cut(rpc);
  }

  private List<Rpc> cut(Rpc rpc) {
    for (Subscription it : rpc.subscriptions()) {
      makeRoom(RpcCodec.length(it));
      subscriptions.add(it);
    }
    Control control = rpc.control();
    for (Graft it : control.graft()) {
      makeRoom(FRAME_BYTES + it.topic().name().length());
      graft.add(it);
    }
    for (Prune it : control.prune()) {
      makeRoom(FRAME_BYTES + RpcCodec.length(it));
      prune.add(it);
    }
    for (IHave it : control.ihave()) {
      int topicBytes = it.topic().name().length();
      cutIds(it.ids(), topicBytes, ids -> ihave.add(new IHave(it.topic(), ids)));
    }
    for (IWant it : control.iwant()) {
      cutIds(it.ids(), 0, ids -> iwant.add(new IWant(ids)));
    }
    for (IDontWant it : control.idontwant()) {
      cutIds(it.ids(), 0, ids -> idontwant.add(new IDontWant(ids)));
    }
    for (Message it : rpc.messages()) {
      makeRoom(RpcCodec.length(it));
      messages.add(it);
    }
    finish();
    return done;
  }

  private void cutIds(List<MessageId> ids, int topicBytes, Consumer<List<MessageId>> add) {
    List<MessageId> piece = new ArrayList<>();
    makeRoom(FRAME_BYTES + topicBytes);
    for (MessageId id : ids) {
      int length = RpcCodec.length(id);
      if (bytes + length > bytesMax && !piece.isEmpty()) {
        add.accept(piece);
        piece = new ArrayList<>();
        finish();
        makeRoom(FRAME_BYTES + topicBytes);
      }
      piece.add(id);
      bytes += length;
    }
    if (!piece.isEmpty()) {
      add.accept(piece);
    }
  }

  private void makeRoom(int length) {
    if (bytes + length > bytesMax) {
      finish();
    }
    bytes += length;
  }

  private void finish() {
    Rpc rpc = new Rpc(subscriptions, messages, new Control(ihave, iwant, graft, prune, idontwant));
    if (RpcCodec.length(rpc) > 0) {
      done.add(rpc);
    }
    subscriptions = new ArrayList<>();
    messages = new ArrayList<>();
    ihave = new ArrayList<>();
    iwant = new ArrayList<>();
    graft = new ArrayList<>();
    prune = new ArrayList<>();
    idontwant = new ArrayList<>();
    bytes = 0;
  }
}
