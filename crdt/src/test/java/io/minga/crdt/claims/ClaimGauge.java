package io.minga.crdt.claims;

import io.minga.crdt.claims.ClaimDelta.Entry;
import io.minga.crdt.wire.Id;
import io.minga.crdt.wire.MalformedException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Measures what claims cost: task refs merged a second of processor time, and heap a batch. A
 * program, not a test: {@code java -Xmx2g -cp crdt/target/classes:crdt/target/test-classes
 * io.minga.crdt.claims.ClaimGauge}.
 */
final class ClaimGauge {
  private static final long NOW = 1_000_000;
  private static final int BATCHES = 4000;
  private static final int ROUNDS = 12;

  private final SplittableRandom random = new SplittableRandom(1);
  private final List<Id> peers = new ArrayList<>();
  private final List<BatchFacts> batches = new ArrayList<>();

  private ClaimGauge() throws NoSuchAlgorithmException {
    for (int i = 0; i < 100; i++) {
      peers.add(id("peer" + i, 38));
    }
    for (int i = 0; i < BATCHES; i++) {
      batches.add(
          new BatchFacts(id("batch" + i, 36), peers.get(i % 100), 1, i, 256, NOW + 100_000_000));
    }
  }

  /** As long as a peer id or a CID. */
  private static Id id(String name, int length) throws NoSuchAlgorithmException {
    byte[] hash =
        MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
    return Id.of(Arrays.copyOf(hash, length));
  }

  public static void main(String[] arguments) throws Exception {
    ClaimGauge gauge = new ClaimGauge();
    gauge.mergeWhole("a batch claimed, done, settled by one peer each", gauge.lives());
    gauge.mergeWhole("four peers claim 64 each, then done", gauge.shared());
    gauge.mergeWhole("two peers claim all in one epoch", gauge.contended());
    gauge.mergeWhole("16 random tasks a delta", gauge.scattered());
    gauge.heap();
  }

  private ClaimDelta delta(BatchFacts facts, Id peer, Phase phase, int epoch, IndexSet indexes) {
    return new ClaimDelta(facts.batch(), peer, List.of(new Entry(phase, epoch, indexes)));
  }

  private List<ClaimDelta> lives() {
    List<ClaimDelta> deltas = new ArrayList<>();
    IndexSet all = IndexSet.range(0, 256);
    for (BatchFacts facts : batches) {
      Id owner = peers.get(random.nextInt(100));
      deltas.add(delta(facts, owner, Phase.HELD, 1, all));
      deltas.add(delta(facts, owner, Phase.DONE, 1, all));
      deltas.add(delta(facts, facts.submitter(), Phase.SETTLED, 0, all));
    }
    return deltas;
  }

  private List<ClaimDelta> shared() {
    List<ClaimDelta> deltas = new ArrayList<>();
    for (BatchFacts facts : batches) {
      for (int part = 0; part < 4; part++) {
        Id owner = peers.get(random.nextInt(100));
        IndexSet indexes = IndexSet.range(64 * part, 64 * part + 64);
        deltas.add(delta(facts, owner, Phase.HELD, 1, indexes));
        deltas.add(delta(facts, owner, Phase.DONE, 1, indexes));
      }
    }
    return deltas;
  }

  private List<ClaimDelta> contended() {
    List<ClaimDelta> deltas = new ArrayList<>();
    IndexSet all = IndexSet.range(0, 256);
    for (BatchFacts facts : batches) {
      int peer = random.nextInt(100);
      deltas.add(delta(facts, peers.get(peer), Phase.HELD, 1, all));
      deltas.add(delta(facts, peers.get((peer + 1) % 100), Phase.HELD, 1, all));
    }
    return deltas;
  }

  private List<ClaimDelta> scattered() {
    List<ClaimDelta> deltas = new ArrayList<>();
    for (int i = 0; i < 4 * BATCHES; i++) {
      BatchFacts facts = batches.get(random.nextInt(BATCHES));
      int[] indexes = random.ints(16, 0, 256).toArray();
      Phase phase = random.nextBoolean() ? Phase.HELD : Phase.DONE;
      Id owner = peers.get(random.nextInt(100));
      deltas.add(delta(facts, owner, phase, 1 + random.nextInt(5), IndexSet.of(indexes)));
    }
    return deltas;
  }

  private ClaimSet opened() {
    ClaimSet set = new ClaimSet(peers.get(0), ClaimOptions.defaults());
    batches.forEach(facts -> set.open(NOW, facts));
    return set;
  }

  /** From bytes to registers, and from deltas to registers; the median of the rounds. */
  private void mergeWhole(String what, List<ClaimDelta> deltas) throws MalformedException {
    List<byte[]> messages = deltas.stream().map(ClaimDelta::encode).toList();
    long refs = deltas.stream().mapToLong(it -> it.indexes().size()).sum();
    long bytes = messages.stream().mapToLong(it -> it.length).sum();
    double[] decoded = new double[ROUNDS];
    double[] merged = new double[ROUNDS];
    double[] digested = new double[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      ClaimSet set = opened();
      long start = cpuNanos();
      for (int i = 0; i < messages.size(); i++) {
        set.merge(NOW, ClaimDelta.decode(deltas.get(i).claimant(), messages.get(i)));
      }
      decoded[round] = refs * 1e3 / (cpuNanos() - start);
      start = cpuNanos();
      set.digest();
      digested[round] = (cpuNanos() - start) / 1e6;
      set = opened();
      start = cpuNanos();
      for (ClaimDelta delta : deltas) {
        set.merge(NOW, delta);
      }
      merged[round] = refs * 1e3 / (cpuNanos() - start);
    }
    System.out.printf(
        Locale.ROOT,
        "%-48s %6.1f M task refs/s from bytes, %6.1f from deltas, %.3f B a task ref,"
            + " %.1f k deltas/s, digest of all %.1f ms%n",
        what,
        median(decoded),
        median(merged),
        (double) bytes / refs,
        median(merged) * 1e3 * deltas.size() / refs,
        median(digested));
  }

  /** Of this thread, so that a busy machine doesn't show. */
  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static double median(double[] values) {
    double[] late = Arrays.copyOfRange(values, ROUNDS / 3, ROUNDS);
    Arrays.sort(late);
    return late[late.length / 2];
  }

  private void heap() {
    System.gc();
    long before = used();
    ClaimSet set = new ClaimSet(peers.get(0), ClaimOptions.defaults());
    for (BatchFacts facts : batches) {
      Id batch = Id.of(facts.batch().toByteArray());
      set.open(NOW, new BatchFacts(batch, facts.submitter(), 1, facts.sequence(), 256, NOW + 1000));
    }
    long opened = used() - before;
    for (BatchFacts facts : batches) {
      for (int i = 0; i < 4; i++) {
        Id owner = Id.of(peers.get(random.nextInt(100)).toByteArray());
        set.merge(NOW, delta(facts, owner, Phase.HELD, 1, IndexSet.range(64 * i, 64 * i + 64)));
      }
    }
    set.digest();
    long claimed = used() - before;
    for (BatchFacts facts : batches) {
      set.merge(NOW, delta(facts, facts.submitter(), Phase.SETTLED, 0, IndexSet.range(0, 256)));
    }
    long settled = used() - before;
    System.out.printf(
        Locale.ROOT,
        "heap a batch of 256: %d B opened, %d B claimed by four (%.2f B a task), %d B settled%n",
        opened / BATCHES,
        claimed / BATCHES,
        claimed / (256.0 * BATCHES),
        settled / BATCHES);
    set.expire(NOW + 2000);
    System.out.printf("heap when all is forgotten: %d B%n", used() - before);
  }

  private static long used() {
    for (int i = 0; i < 4; i++) {
      System.gc();
    }
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }
}
