package io.minga.node.core;

import io.minga.crdt.claims.BatchFacts;
import io.minga.crdt.claims.ClaimDelta;
import io.minga.crdt.claims.ClaimMessage;
import io.minga.crdt.claims.ClaimSet;
import io.minga.crdt.claims.IndexSet;
import io.minga.crdt.claims.Phase;
import io.minga.crdt.wire.Id;
import io.minga.crdt.wire.MalformedException;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.WireException;
import io.minga.node.task.Announcement;
import io.minga.node.task.Saying;
import io.minga.node.task.TaskLimits;
import io.minga.node.task.WorkFrame;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a neighbour tells: its own word is taken as if it came by gossip, that of others once
 * its proof was found good. What is known already costs no more than being read.
 */
final class Tidings {
  /** A frame stops growing here, which leaves room for the longest message. */
  private static final int FRAME_BYTES = 64 * 1024;

  private final PeerId self;
  private final TaskLimits limits;
  private final ClaimSet claims;
  private final Unheard unheard;

  /** Takes in what is new. */
  @FunctionalInterface
  interface Hearer {
    void hear(Input input);
  }

  /**
   * What came of it.
   *
   * @param unproven what others are said to have said, and was new
   * @param over batches that it spoke of, and that are settled here
   * @param ends what there is to say of own batches that it takes for open, and that are settled
   *     for so long that they are forgotten here: nobody else may say so
   */
  record Taken(List<Effect.Unproven> unproven, List<Id> over, List<ClaimDelta> ends) {}

  /** Notes in {@code unheard} what is new. */
  Tidings(PeerId self, NodeOptions options, ClaimSet claims, Unheard unheard) {
    this.self = self;
    this.limits = options.tasks();
    this.claims = claims;
    this.unheard = unheard;
  }

  /**
   * Takes in what a neighbour tells, as far as it may tell so much.
   *
   * @throws WireException if something can't be read, or its author has no right to say it
   */
  Taken take(
      long nowNanos, PeerId from, WorkFrame.Tell tell, Neighbour.Allowances may, Hearer hearer)
      throws WireException {
    List<Effect.Unproven> unproven = new ArrayList<>();
    Set<Id> over = new LinkedHashSet<>();
    List<ClaimDelta> ends = new ArrayList<>();
    tell.batches().forEach(batch -> noteOver(batch, over));
    for (Saying saying : tell.sayings()) {
      if (!may.heard.take(nowNanos, saying.length())) {
        break;
      }
      PeerId author = saying.author();
      Input input = read(author == null ? from : author, saying);
      ClaimDelta end = end(input);
      if (end != null) {
        ends.add(end);
      }
      if (end != null || !isNews(input, over)) {
        continue;
      }
      if (author == null) {
        note(input, true);
        hearer.hear(input);
      } else if (may.proofs.take(nowNanos, 1)) {
        note(input, false);
        unproven.add(new Effect.Unproven(saying, input));
      }
    }
    return new Taken(unproven, List.copyOf(over), ends);
  }

  /** As few frames as tell all this, in its order. */
  static List<WorkFrame.Tell> frames(
      List<Saying> sayings, List<Id> batches, boolean answer, int partsMax) {
    List<WorkFrame.Tell> frames = new ArrayList<>(1);
    List<Saying> some = new ArrayList<>();
    int bytes = 0;
    for (Saying saying : sayings) {
      some.add(saying);
      bytes += saying.length();
      if (bytes >= FRAME_BYTES || some.size() == partsMax) {
        frames.add(new WorkFrame.Tell(some, List.of(), answer));
        some.clear();
        bytes = 0;
      }
    }
    if (!some.isEmpty()) {
      frames.add(new WorkFrame.Tell(some, List.of(), answer));
    }
    for (int from = 0; from < batches.size(); from += partsMax) {
      int to = Math.min(batches.size(), from + partsMax);
      frames.add(new WorkFrame.Tell(List.of(), batches.subList(from, to), answer));
    }
    return frames;
  }

  private void noteOver(Id batch, Set<Id> over) {
    if (claims.isSettled(batch)) {
      over.add(batch);
    }
  }

  private Input read(PeerId author, Saying saying) throws WireException {
    @Nullable Saying signed = saying.author() == null ? null : saying;
    if (saying.kind() == Saying.Kind.ANNOUNCEMENT) {
      Announcement announcement = Announcement.decode(limits, saying.message(), author);
      announcement.checkSigner(author, null);
      return new Input.Announced(author, announcement, signed);
    }
    try {
      byte[] message = saying.message().toByteArray();
      return new Input.Claimed(author, ClaimMessage.decode(Announcer.id(author), message), signed);
    } catch (MalformedException wrong) {
      throw new WireException("claims: " + wrong.getMessage());
    }
  }

  private void note(Input input, boolean proven) {
    if (input instanceof Input.Announced announced) {
      unheard.toldOf(Announcer.id(announced.announcement().batch()), proven);
    } else if (input instanceof Input.Claimed claimed) {
      for (ClaimDelta delta : claimed.message().deltas()) {
        unheard.told(delta, claims.isNews(delta), proven);
      }
    }
  }

  /** That all of a batch is settled, if it is this peer's own, and forgotten. */
  private @Nullable ClaimDelta end(Input input) {
    if (!(input instanceof Input.Announced announced) || !announced.author().equals(self)) {
      return null;
    }
    Announcement announcement = announced.announcement();
    BatchFacts facts = Announcer.facts(announcement.batch(), announcement);
    if (!claims.isForgotten(facts)) {
      return null;
    }
    IndexSet all = IndexSet.range(0, facts.count());
    ClaimDelta.Entry settled = new ClaimDelta.Entry(Phase.SETTLED, 0, all);
    return new ClaimDelta(facts.batch(), facts.submitter(), List.of(settled));
  }

  private boolean isNews(Input input, Set<Id> over) {
    if (input instanceof Input.Announced announced) {
      Id batch = Announcer.id(announced.announcement().batch());
      noteOver(batch, over);
      return !claims.contains(batch);
    }
    boolean news = false;
    if (input instanceof Input.Claimed claimed) {
      for (ClaimDelta delta : claimed.message().deltas()) {
        noteOver(delta.batch(), over);
        news |= claims.isNews(delta);
      }
    }
    return news;
  }
}
