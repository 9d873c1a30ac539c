package io.minga.crdt.claims;

import io.minga.crdt.wire.Id;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Some peers with a claim set each, and a random history of what they do and hear. */
final class Replicas {
  static final long NOW = 1_000_000;
  static final ClaimOptions OPTIONS = ClaimOptions.defaults();

  final List<Id> peers = new ArrayList<>();
  final List<ClaimSet> sets = new ArrayList<>();
  final List<BatchFacts> batches = new ArrayList<>();

  /** All that was said, in the order in which it was. */
  final List<ClaimDelta> said = new ArrayList<>();

  private final RandomGenerator random;

  Replicas(RandomGenerator random, int peerCount, int batchCount, int tasksMax) {
    this.random = random;
    for (int i = 0; i < peerCount; i++) {
      peers.add(id("peer", i));
    }
    for (int i = 0; i < batchCount; i++) {
      int count = 1 + random.nextInt(tasksMax);
      Id submitter = peers.get(i % peerCount);
      batches.add(new BatchFacts(id("batch", random.nextInt()), submitter, 1, i, count, 2 * NOW));
    }
    for (Id peer : peers) {
      sets.add(newSet(peer));
    }
  }

  static Id id(String kind, int number) {
    return Id.of((kind + number).getBytes(StandardCharsets.UTF_8));
  }

  /** A set that knows the batches and nothing of their tasks. */
  ClaimSet newSet(Id peer) {
    ClaimSet set = new ClaimSet(peer, OPTIONS);
    batches.forEach(facts -> set.open(NOW, facts));
    return set;
  }

  /** One peer does something, or hears something, perhaps again. */
  void step(int peer) {
    ClaimSet set = sets.get(peer);
    if (random.nextInt(8) == 0) {
      set.digest(); // what it keeps of this must not outlive the next change
    }
    if (random.nextInt(3) == 0 && !said.isEmpty()) {
      set.merge(NOW, said.get(random.nextInt(said.size())));
    } else if (random.nextInt(12) == 0) {
      Id batch = anyBatch().batch();
      set.merge(NOW, sets.get(random.nextInt(sets.size())).claims(batch));
    } else {
      ClaimDelta delta = act(set, peers.get(peer), anyBatch()).delta();
      if (delta != null) {
        said.add(delta);
      }
    }
  }

  private Claimed act(ClaimSet set, Id peer, BatchFacts facts) {
    IndexSet some = anyIndexes(facts.count());
    Id batch = facts.batch();
    return switch (random.nextInt(facts.submitter().equals(peer) ? 9 : 8)) {
      case 0, 1, 2 -> set.claim(NOW, batch, some);
      case 3, 4 -> set.takeOver(NOW, batch, some);
      case 5, 6 -> set.release(NOW, batch, some);
      case 7 -> set.done(NOW, batch, 1 + random.nextInt(4), anyIndexes(facts.count()).and(some));
      default -> set.settle(NOW, batch, some.and(anyIndexes(facts.count())));
    };
  }

  BatchFacts anyBatch() {
    return batches.get(random.nextInt(batches.size()));
  }

  IndexSet anyIndexes(int count) {
    int from = random.nextInt(count);
    IndexSet run = IndexSet.range(from, from + 1 + random.nextInt(count - from));
    return random.nextBoolean() ? run : run.or(IndexSet.of(random.nextInt(count)));
  }

  /** {@code set} with the same content, in memory of its own. */
  ClaimSet copy(Id peer, ClaimSet set) {
    ClaimSet copy = newSet(peer);
    join(copy, set);
    return copy;
  }

  void join(ClaimSet into, ClaimSet from) {
    for (BatchFacts facts : batches) {
      into.merge(NOW, from.claims(facts.batch()));
    }
  }

  /** The bytes of all that a set knows. */
  byte[] bytes(ClaimSet set) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (BatchFacts facts : batches) {
      bytes.writeBytes(set.claims(facts.batch()).encode());
    }
    return bytes.toByteArray();
  }
}
