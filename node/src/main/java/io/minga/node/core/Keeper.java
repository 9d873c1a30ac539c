package io.minga.node.core;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.node.journal.KeptCopy;
import io.minga.node.task.CopyFrame;
import io.minga.node.task.CopyFrame.Why;
import io.minga.node.task.Payload;
import io.minga.node.task.Tries;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Keeps others' durable batches in this peer's journal, with what is known of how they ended. */
final class Keeper {
  private static final long EXPIRE_NANOS = 10_000_000_000L;

  private final PeerId self;
  private final String network;
  private final CopyOptions options;
  private final Turn turn;
  private final Recorder recorder;
  private final Membership membership;
  private final Disowned disowned;
  private final Map<Cid, KeptBatch> kept = new LinkedHashMap<>();
  private final Map<PeerId, Account> accounts = new LinkedHashMap<>();

  /** What each peer has had kept here for others. */
  private final Map<PeerId, Account> askers = new LinkedHashMap<>();

  private long bytes;
  private boolean keeps;
  private boolean leaving;
  private long nowNanos;
  private long expireNanos;

  /** What one submitter has here. */
  static final class Account {
    final Set<KeptBatch> batches = new LinkedHashSet<>();
    private long bytes;

    /** Since when it has been away, or silent about its batches. */
    long awayNanos;
  }

  /** Hears when tasks of a batch need nobody here any more. */
  @FunctionalInterface
  interface Ends {
    void ended(KeptBatch batch);
  }

  private Ends ends = batch -> {};

  Keeper(
      PeerId self,
      String network,
      CopyOptions options,
      Turn turn,
      Recorder recorder,
      Membership membership) {
    this.self = self;
    this.network = network;
    this.options = options;
    this.turn = turn;
    this.recorder = recorder;
    this.membership = membership;
    this.disowned = new Disowned(turn);
  }

  /** Who hears of what ended. */
  void lead(Ends ends) {
    this.ends = ends;
  }

  void now(long nowNanos) {
    this.nowNanos = nowNanos;
  }

  /** There is a journal for copies here, or not. */
  void keeps(boolean now) {
    keeps = now;
  }

  void leave() {
    leaving = true;
  }

  private void send(PeerId to, CopyFrame frame) {
    turn.emit(new Effect.SendCopy(to, frame.encode()));
  }

  @Nullable KeptBatch batch(Cid cid) {
    return kept.get(cid);
  }

  boolean isEmpty() {
    return kept.isEmpty();
  }

  /** What each submitter has here. */
  Map<PeerId, Account> accounts() {
    return accounts;
  }

  /** Whether batches of a submitter are kept here. */
  boolean keepsOf(PeerId submitter) {
    return accounts.containsKey(submitter);
  }

  // What is kept.

  /** A submitter, or while that is away another who keeps it, wants a batch kept. */
  void keep(PeerId from, CopyFrame.Keep keep) {
    KeptBatch known = kept.get(keep.batch().cid());
    boolean isSubmitter = keep.batch().header().submitter().equals(from);
    if (known != null && (isSubmitter || (!known.vouched && keep.holders().contains(from)))) {
      known.addHolders(keep.holders());
      if (isSubmitter) {
        vouch(known);
      }
      if (known.recorded) {
        send(from, new CopyFrame.Kept(known.cid()));
      }
      return;
    }
    String wrong = wrong(from, keep);
    if (wrong != null) {
      turn.emit(new Effect.Misbehaved(from, wrong));
      return;
    }
    Why why = known == null ? refusal(from, keep) : Why.OTHER;
    if (why != null) {
      send(from, new CopyFrame.Declined(keep.batch().cid(), why));
      return;
    }
    KeptBatch fresh = new KeptBatch(keep);
    fresh.vouched = isSubmitter;
    fresh.asker = isSubmitter ? null : from;
    add(fresh);
    recorder.record(
        number -> new Effect.RecordCopy(number, keep),
        () -> {
          fresh.recorded = true;
          if (kept.get(fresh.cid()) == fresh) {
            send(from, new CopyFrame.Kept(fresh.cid()));
          }
        },
        reason -> {
          remove(fresh);
          send(from, new CopyFrame.Declined(fresh.cid(), Why.FULL));
        });
  }

  /** What it has no right to; null if it may ask for that. */
  private @Nullable String wrong(PeerId from, CopyFrame.Keep keep) {
    boolean isSubmitter = keep.batch().header().submitter().equals(from);
    if ((!isSubmitter && !keep.holders().contains(from))
        || !keep.batch().header().network().equals(network)
        || !keep.batch().header().policy().durable()) {
      return "a copy of %s is to be kept, where its own durable batch of this network is right"
          .formatted(keep.batch());
    }
    for (int index = 0; index < keep.batch().size(); index++) {
      if (keep.batch().input(index) instanceof Payload.Content) {
        return "task %d of %s has its input by CID, where a durable task has it inside"
            .formatted(index, keep.batch());
      }
    }
    return null;
  }

  private @Nullable Why refusal(PeerId from, CopyFrame.Keep keep) {
    if (!keeps) {
      return Why.NO_JOURNAL;
    } else if (leaving) {
      return Why.LEAVING;
    } else if (keep.batch().header().expiresAtMillis() <= turn.nowMillis()) {
      return Why.EXPIRED;
    }
    PeerId submitter = keep.batch().header().submitter();
    if (!submitter.equals(from) && membership.isAlive(submitter) && !disowned.isDisowned(keep)) {
      return Why.OTHER; // it can ask for itself
    }
    int more = keep.batch().bytes().length();
    boolean isFull = kept.size() >= options.keptMax() || bytes + more > options.keptBytesMax();
    boolean hasShare =
        hasShare(accounts.get(submitter), more)
            || (!submitter.equals(from) && hasShare(askers.get(from), more));
    return isFull || hasShare ? Why.FULL : null;
  }

  private boolean hasShare(@Nullable Account account, int more) {
    return account != null
        && (account.batches.size() >= options.keptMax() / options.keptShare()
            || account.bytes + more > options.keptBytesMax() / options.keptShare());
  }

  /** A batch that the journal had. */
  void restored(KeptCopy copy) {
    if (!kept.containsKey(copy.keep().batch().cid())) {
      add(KeptBatch.of(copy));
    }
  }

  private void add(KeptBatch batch) {
    if (kept.isEmpty()) {
      expireNanos = nowNanos + EXPIRE_NANOS;
    }
    batch.stepNanos = nowNanos;
    kept.put(batch.cid(), batch);
    boolean isAway = batch.asker != null;
    long since = isAway ? nowNanos - options.patience().toNanos() : nowNanos;
    add(accounts, batch.submitter, batch, since);
    if (batch.asker != null) {
      add(askers, batch.asker, batch, since);
    }
    bytes += batch.batch.bytes().length();
  }

  private static void add(Map<PeerId, Account> to, PeerId peer, KeptBatch batch, long awayNanos) {
    Account account = to.get(peer);
    if (account == null) {
      account = new Account();
      account.awayNanos = awayNanos;
      to.put(peer, account);
    }
    account.batches.add(batch);
    account.bytes += batch.batch.bytes().length();
  }

  private void remove(KeptBatch batch) {
    if (kept.remove(batch.cid(), batch)) {
      bytes -= batch.batch.bytes().length();
      remove(accounts, batch.submitter, batch);
      if (batch.asker != null) {
        remove(askers, batch.asker, batch);
      }
      ends.ended(batch);
    }
  }

  private static void remove(Map<PeerId, Account> from, PeerId peer, KeptBatch batch) {
    Account account = from.get(peer);
    if (account != null && account.batches.remove(batch)) {
      account.bytes -= batch.batch.bytes().length();
      if (account.batches.isEmpty()) {
        from.remove(peer);
      }
    }
  }

  /** Its submitter, or when that is away one of those who keep it, says who keeps a batch. */
  void holders(PeerId from, CopyFrame.Holders said) {
    KeptBatch batch = kept.get(said.batch());
    if (batch == null) {
      return;
    }
    if (batch.submitter.equals(from)) {
      batch.addHolders(said.holders());
      vouch(batch);
    } else if (!batch.vouched && batch.holders().contains(from)) {
      batch.passedOn |= !batch.holders().containsAll(said.holders());
      batch.addHolders(said.holders());
    }
  }

  /** Its submitter says that these are needed no more. */
  void over(PeerId from, List<Cid> cids) {
    List<Cid> over = new ArrayList<>();
    for (Cid cid : cids) {
      KeptBatch batch = kept.get(cid);
      if (batch != null && batch.submitter.equals(from)) {
        remove(batch);
        over.add(cid);
      }
    }
    if (!over.isEmpty()) {
      turn.emit(new Effect.DropCopies(over));
    }
  }

  private void vouch(KeptBatch batch) {
    if (!batch.vouched) {
      batch.vouched = true;
      batch.passedOn = false;
      ends.ended(batch);
    }
  }

  // How tasks ended.

  /** A submitter, or another who keeps the batch, says how tasks ended. */
  void ended(PeerId from, CopyFrame.Ended ended) {
    KeptBatch batch = kept.get(ended.batch());
    if (batch == null) {
      return;
    }
    boolean isSubmitter = from.equals(batch.submitter);
    boolean isOrigin = ended.origin().equals(from);
    if (ended.indexes().last() >= batch.batch.size() || (isSubmitter && !isOrigin)) {
      String why = "outcomes of %s by %s".formatted(ended.indexes(), ended.origin());
      turn.emit(new Effect.Misbehaved(from, why + ", where its own of its own batch are right"));
      return;
    }
    if (isSubmitter) {
      vouch(batch);
    } else if (!batch.holders().contains(from) || !speaksOf(batch, ended.origin())) {
      return; // of whom this peer doesn't know yet that it may
    }
    IndexSet news = batch.news(ended.origin(), ended.indexes());
    if (!news.isEmpty()) {
      batch.said(ended.origin(), news);
      recorder.record(number -> new Effect.RecordCopied(number, ended), () -> {}, why -> {});
      ends.ended(batch);
    }
  }

  private boolean speaksOf(KeptBatch batch, PeerId origin) {
    return origin.equals(batch.submitter)
        || origin.equals(self)
        || batch.holders().contains(origin);
  }

  /** A submitter, or another who keeps the batch, says how often tasks were tried. */
  void tried(PeerId from, CopyFrame.Tried tried) {
    KeptBatch batch = kept.get(tried.batch());
    if (batch == null || !(from.equals(batch.submitter) || batch.holders().contains(from))) {
      return;
    }
    if (tried.tries().indexes().last() >= batch.batch.size()) {
      String why =
          "tries of %s, where %s are right".formatted(tried.tries().indexes(), batch.batch);
      turn.emit(new Effect.Misbehaved(from, why));
      return;
    }
    Tries more = batch.tries.join(tried.tries());
    if (!more.equals(batch.tries)) {
      batch.tries = more;
      recorder.record(number -> new Effect.RecordCopyTried(number, tried), () -> {}, why -> {});
    }
  }

  /** How often tasks were tried that this peer itself sees to is in the journal. */
  void triedHere(KeptBatch batch, Tries tries) {
    batch.tries = batch.tries.join(tries);
    tell(batch, new CopyFrame.Tried(batch.cid(), tries));
  }

  /** Outcomes that this peer itself saw to are in the journal. */
  void endedHere(KeptBatch batch, CopyFrame.Ended ended) {
    if (kept.get(batch.cid()) != batch) {
      return;
    }
    batch.said(self, batch.news(self, ended.indexes()));
    tell(batch, ended);
  }

  private void tell(KeptBatch batch, CopyFrame frame) {
    Set<PeerId> tell = new LinkedHashSet<>(batch.holders());
    tell.add(batch.submitter);
    for (PeerId peer : tell) {
      if (membership.isConnected(peer)) {
        send(peer, frame);
      }
    }
  }

  // What others have.

  /** A peer is connected: it and this one may lack what the other has. */
  void connected(PeerId peer) {
    List<CopyFrame.Part> parts = new ArrayList<>();
    for (KeptBatch batch : kept.values()) {
      boolean isSubmitter = batch.submitter.equals(peer);
      boolean concerns = isSubmitter || (batch.holders().contains(peer) && !batch.vouched);
      if (batch.recorded && concerns) {
        if (isSubmitter && !batch.tries.isEmpty() && !batch.isDone()) {
          send(peer, new CopyFrame.Tried(batch.cid(), batch.tries)); // before it goes on with it
        }
        if (isSubmitter && batch.passedOn) {
          send(peer, new CopyFrame.Holders(batch.cid(), batch.holders()));
        }
        parts.add(batch.part());
      }
    }
    have(peer, true, parts);
  }

  /** Says what is known of batches. */
  void have(PeerId to, boolean wants, List<CopyFrame.Part> parts) {
    for (int from = 0; from < parts.size(); from += turn.partsMax()) {
      int end = Math.min(parts.size(), from + turn.partsMax());
      send(to, new CopyFrame.Have(wants, parts.subList(from, end)));
    }
  }

  /**
   * A peer says what it has of a batch that is kept here.
   *
   * @return what this one has; null if that is not its business
   */
  CopyFrame.@Nullable Part have(PeerId from, KeptBatch batch, CopyFrame.Part part) {
    boolean isSubmitter = from.equals(batch.submitter);
    if (part.size() != batch.batch.size() || !(isSubmitter || batch.holders().contains(from))) {
      return null;
    }
    if (isSubmitter) {
      vouch(batch);
    } else {
      batch.answered.add(from);
      if (!batch.vouched && batch.holders().size() > 2) {
        send(from, new CopyFrame.Holders(batch.cid(), batch.holders())); // it may know fewer
      }
    }
    if (!batch.tries.isEmpty() && part.ended().size() < part.size()) {
      send(from, new CopyFrame.Tried(batch.cid(), batch.tries));
    }
    IndexSet lacks = batch.lacks(part, isSubmitter);
    if (!lacks.isEmpty()) {
      turn.emit(new Effect.TellCopied(from, batch.cid(), lacks));
    }
    return batch.recorded ? batch.part() : null;
  }

  /** Batches of which their submitters know nothing. */
  Disowned disowned() {
    return disowned;
  }

  /** There is no connection to a submitter: from now on it is away. */
  void disconnected(PeerId peer) {
    disowned.disconnected(peer);
    Account account = accounts.get(peer);
    if (account != null) {
      account.awayNanos = nowNanos;
      account.batches.forEach(batch -> batch.vouched = false);
    }
  }

  // Time.

  /** Forgets what is over; the journal does so by itself. */
  void due() {
    if (kept.isEmpty() || expireNanos - nowNanos > 0) {
      return;
    }
    expireNanos = nowNanos + EXPIRE_NANOS;
    long nowMillis = turn.nowMillis();
    for (KeptBatch batch : List.copyOf(kept.values())) {
      if (batch.batch.header().expiresAtMillis() <= nowMillis) {
        remove(batch);
      }
    }
  }

  long nextDeadlineNanos(long never) {
    return kept.isEmpty() || never - expireNanos <= 0 ? never : expireNanos;
  }

  /** How many batches are kept. */
  int size() {
    return kept.size();
  }
}
