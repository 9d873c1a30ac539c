package io.minga.gossip.router;

import io.minga.gossip.message.MessageId;
import io.minga.gossip.rpc.Rpc.IDontWant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The messages that one peer has refused by IDONTWANT, for some heartbeats (gossipsub v1.2). */
final class DontWants {
  private final GossipOptions.Lazy options;
  private final Counters counters;

  /** Each id with the heartbeats that it has left; the eldest first, so the least first. */
  private final LinkedHashMap<MessageId, Integer> ids = new LinkedHashMap<>();

  private int takenThisHeartbeat;

  DontWants(GossipOptions.Lazy options, Counters counters) {
    this.options = options;
    this.counters = counters;
  }

  /** Takes the ids of one RPC, as far as the limits go. */
  void receive(List<IDontWant> idontwants) {
    int ofThisRpc = 0;
    for (IDontWant idontwant : idontwants) {
      for (MessageId id : idontwant.ids()) {
        if (ofThisRpc >= options.idontwantIdsMax()
            || takenThisHeartbeat >= options.idontwantsMax()) {
          counters.add(Counter.IDONTWANTS_IGNORED);
          continue;
        }
        ofThisRpc++;
        takenThisHeartbeat++;
        ids.putIfAbsent(id, options.idontwantHeartbeats());
      }
    }
  }

  int size() {
    return ids.size();
  }

  boolean contains(MessageId id) {
    return !ids.isEmpty() && ids.containsKey(id);
  }

  void heartbeat() {
    takenThisHeartbeat = 0;
    Iterator<Map.Entry<MessageId, Integer>> all = ids.entrySet().iterator();
    while (all.hasNext()) {
      Map.Entry<MessageId, Integer> entry = all.next();
      if (entry.getValue() <= 1) {
        all.remove();
      } else {
        entry.setValue(entry.getValue() - 1);
      }
    }
  }
}
