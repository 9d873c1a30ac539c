package io.minga.node.core;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.node.schedule.Kind;
import io.minga.node.task.Batch;
import io.minga.node.task.BatchName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The batches that this peer holds tasks of, and what each submitter takes up here. */
final class BatchTable {
  private final PeerId self;
  private final NodeOptions.Limits limits;
  private final Stories stories;
  private final Map<Cid, Held> held = new LinkedHashMap<>();
  private final Map<PeerId, Account> accounts = new LinkedHashMap<>();
  private long bytes;

  /** What one submitter has here. */
  private static final class Account {
    final Map<Long, Held> byRef = new LinkedHashMap<>();
    int batches;
    long tasks;
  }

  BatchTable(PeerId self, NodeOptions.Limits limits, Stories stories) {
    this.self = self;
    this.limits = limits;
    this.stories = stories;
  }

  /** Of how many submitters there is something here. */
  int submitters() {
    return accounts.size();
  }

  @Nullable Held get(Cid batch) {
    return held.get(batch);
  }

  /** What {@code submitter} calls so, if it is a batch of its own that is here. */
  @Nullable Held get(PeerId submitter, BatchName name) {
    if (name instanceof BatchName.Ref ref) {
      Account account = accounts.get(submitter);
      return account == null ? null : account.byRef.get(ref.number());
    }
    Held found = held.get(((BatchName.ByCid) name).cid());
    return found != null && found.submitter.equals(submitter) ? found : null;
  }

  /** How many tasks more of this submitter there is room for, if they come with so many bytes. */
  long room(PeerId submitter, int batchBytes) {
    if (submitter.equals(self)) {
      return Long.MAX_VALUE;
    }
    Account account = accounts.get(submitter);
    if (bytes + batchBytes > limits.heldBytesMax()
        || (account != null && account.batches >= limits.heldBatchesMax())) {
      return 0;
    }
    return limits.heldTasksMax() - (account == null ? 0 : account.tasks);
  }

  /** Has a batch here; once none of its tasks are, {@link #over} lets go of it. */
  Held hold(Batch batch) {
    Held known = held.get(batch.cid());
    if (known != null) {
      return known;
    }
    Kind[] kinds = new Kind[batch.functions().size()];
    for (int i = 0; i < kinds.length; i++) {
      kinds[i] =
          new Kind(
              batch.functions().get(i),
              Kind.ANY_SIZE,
              Demand.need(batch.header().policy().requires()));
    }
    PeerId submitter = batch.header().submitter();
    Held fresh = new Held(batch, submitter, kinds);
    if (!submitter.equals(self)) {
      fresh.story = stories.begin(batch);
      fresh.tenure = fresh.policy().exclusive() ? new Tenure(batch.size()) : null;
    }
    held.put(batch.cid(), fresh);
    accounts.computeIfAbsent(submitter, it -> new Account()).batches++;
    bytes += batch.bytes().length();
    return fresh;
  }

  /** What the submitter calls it from now on, on this connection. */
  void named(Held batch, long ref) {
    Account account = accounts.get(batch.submitter);
    if (account != null && batch.ref != ref) {
      account.byRef.remove(batch.ref);
      batch.ref = ref;
      account.byRef.put(ref, batch);
    }
  }

  /** The names that a submitter gave mean nothing any more: its connection is another. */
  void unnamed(PeerId submitter) {
    Account account = accounts.get(submitter);
    if (account != null) {
      account.byRef.values().forEach(each -> each.ref = 0);
      account.byRef.clear();
    }
  }

  /** So many tasks more of a batch are here, or fewer. */
  void count(Held batch, int tasks) {
    Account account = accounts.get(batch.submitter);
    if (account != null) {
      account.tasks += tasks;
    }
  }

  /** Keeps so many bytes more of outcomes, or fewer. */
  void countBytes(long more) {
    bytes += more;
  }

  /** Lets go of the batch if there is nothing more to do with it. */
  void over(Held batch) {
    if (!batch.isOver() || held.remove(batch.batch.cid()) == null) {
      return;
    }
    bytes -= batch.batch.bytes().length();
    stories.over(batch.story);
    Account account = accounts.get(batch.submitter);
    if (account != null) {
      account.byRef.remove(batch.ref);
      if (--account.batches == 0) {
        accounts.remove(batch.submitter);
      }
    }
  }

  /** Whether there is something of anybody else here. */
  boolean hasOfOthers(PeerId submitter) {
    return accounts.size() > (accounts.containsKey(submitter) ? 1 : 0);
  }

  /** Whether there are any of this submitter. */
  boolean has(PeerId submitter) {
    return accounts.containsKey(submitter);
  }

  /** The batches of one submitter. */
  List<Held> of(PeerId submitter) {
    List<Held> its = new ArrayList<>();
    if (accounts.containsKey(submitter)) {
      for (Held each : held.values()) {
        if (each.submitter.equals(submitter)) {
          its.add(each);
        }
      }
    }
    return its;
  }

  /** All batches, in the order in which they came. */
  Iterable<Held> batches() {
    return held.values();
  }

  /** The same at this moment. */
  List<Held> all() {
    return List.copyOf(held.values());
  }

  boolean isEmpty() {
    return held.isEmpty();
  }

  int size() {
    return held.size();
  }
}
