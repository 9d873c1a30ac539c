package io.minga.node.core;

import io.minga.crdt.claims.ClaimDelta;
import io.minga.crdt.claims.ClaimMessage;
import io.minga.crdt.claims.ClaimSet;
import io.minga.crdt.claims.IndexSet;
import io.minga.crdt.wire.Id;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.Bytes;
import io.minga.node.task.Announcement;
import io.minga.node.task.Saying;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What this peer can tell one that hasn't heard of a batch what it has heard itself. Its own word
 * needs no proof; of others it has what they have signed, as long as that is the last word on some
 * task. What a peer told this one without a proof goes no further.
 */
final class Hearsay {
  /** How much is kept of what others have signed. */
  private static final int SIGNED_BYTES_MAX = 16 << 20;

  /** How many messages are kept for each batch. */
  private static final int OF_BATCH_MAX = 64;

  /** For how many batches that aren't known yet. */
  private static final int EARLY_MAX = 256;

  private final PeerId self;
  private final Id selfId;
  private final ClaimSet claims;

  /** Own batches that were announced. */
  private final Map<Id, Announcement> own = new LinkedHashMap<>();

  private final Map<Id, List<Part>> signed = new LinkedHashMap<>();

  /** The same of batches whose announcements were overtaken. */
  private final Map<Id, List<Part>> early = new LinkedHashMap<>();

  private long bytes;

  /** A message with its author's signature, of any number of batches. */
  static final class Signed {
    final Saying saying;
    private int uses;

    Signed(Saying saying) {
      this.saying = saying;
    }
  }

  /** What a message says of one batch: claims, or that it is there. */
  private sealed interface Part {
    Signed of();

    /** A batch is announced. */
    record Announced(Signed of) implements Part {}

    /** Claims to it. */
    record Claimed(Signed of, ClaimDelta delta) implements Part {}
  }

  Hearsay(PeerId self, ClaimSet claims) {
    this.self = self;
    this.selfId = Announcer.id(self);
    this.claims = claims;
  }

  // What there is.

  /** This peer has announced a batch of its own. */
  void announced(Id batch, Announcement announcement) {
    own.put(batch, announcement.withoutBlock());
  }

  /** Another peer's batch is known from now on, since it has announced it. */
  void announced(Id batch, Signed announcement) {
    List<Part> parts = signed.getOrDefault(batch, List.of());
    if (parts.stream().noneMatch(Part.Announced.class::isInstance)) {
      add(batch, new Part.Announced(announcement));
    }
    List<Part> waited = early.remove(batch);
    if (waited != null) {
      for (Part part : waited) {
        if (part instanceof Part.Claimed claimed) {
          claimed(claimed.delta, claimed.of);
        }
        release(part);
      }
    }
  }

  /** A peer has signed that it claims this, and it is joined as far as its batch is known. */
  void claimed(ClaimDelta delta, Signed by) {
    Id batch = delta.batch();
    if (!claims.contains(batch)) {
      wait(batch, new Part.Claimed(by, delta));
      return;
    }
    IndexSet news = claims.inForce(delta);
    IndexSet said = delta.indexes();
    List<Part> parts = signed.get(batch);
    if (parts != null) {
      for (Iterator<Part> all = parts.iterator(); all.hasNext(); ) {
        Part part = all.next();
        if (part instanceof Part.Claimed before
            && before.delta.speaksOf(said)
            && isBeaten(before.delta, delta, news)) {
          all.remove();
          release(part);
        }
      }
    }
    if (!news.isEmpty()) {
      add(batch, new Part.Claimed(by, delta));
    }
  }

  /** Whether nothing is left of what was said, or its author says all of that anew. */
  private boolean isBeaten(ClaimDelta before, ClaimDelta delta, IndexSet news) {
    IndexSet left = claims.inForce(before);
    return left.isEmpty()
        || (before.claimant().equals(delta.claimant()) && left.andNot(news).isEmpty());
  }

  private void wait(Id batch, Part part) {
    if (take(part)) {
      List<Part> waiting = early.computeIfAbsent(batch, it -> new ArrayList<>(1));
      waiting.add(part);
      if (waiting.size() > OF_BATCH_MAX) {
        release(waiting.remove(0));
      }
      if (early.size() > EARLY_MAX) {
        Iterator<List<Part>> oldest = early.values().iterator();
        oldest.next().forEach(this::release);
        oldest.remove();
      }
    }
  }

  private void add(Id batch, Part part) {
    if (take(part)) {
      List<Part> parts = signed.computeIfAbsent(batch, it -> new ArrayList<>(2));
      parts.add(part);
      if (parts.size() > OF_BATCH_MAX) {
        int oldest = parts.get(0) instanceof Part.Announced ? 1 : 0;
        release(parts.remove(oldest));
      }
    }
  }

  /** Counts one more use of a message; false if there is no room for it. */
  private boolean take(Part part) {
    Signed message = part.of();
    if (message.uses == 0) {
      if (bytes + message.saying.length() > SIGNED_BYTES_MAX) {
        return false;
      }
      bytes += message.saying.length();
    }
    message.uses++;
    return true;
  }

  private void release(Part part) {
    if (--part.of().uses == 0) {
      bytes -= part.of().saying.length();
    }
  }

  /** All of a batch is settled: that is told, and no more what it was. */
  void settled(Id batch) {
    for (Iterator<Part> all = signed.getOrDefault(batch, List.of()).iterator(); all.hasNext(); ) {
      Part part = all.next();
      if (part instanceof Part.Announced) {
        all.remove();
        release(part);
      }
    }
  }

  /** A batch is over. */
  void forget(Id batch) {
    own.remove(batch);
    List<Part> gone = signed.remove(batch);
    if (gone != null) {
      gone.forEach(this::release);
    }
  }

  /** How much is kept of what others have signed. */
  long bytes() {
    return bytes;
  }

  // What is told.

  /**
   * All that can be told of some batches.
   *
   * @param told messages that the other was told already; what it is told now is added
   * @param bare gets those batches of which nothing can be told
   * @return batches before claims to them
   */
  List<Saying> of(List<Id> batches, Set<Signed> told, List<Id> bare) {
    List<Saying> sayings = new ArrayList<>();
    List<Saying> others = new ArrayList<>();
    List<ClaimDelta> claimed = new ArrayList<>();
    for (Id batch : batches) {
      boolean known = own(batch, sayings, claimed);
      for (Part part : signed.getOrDefault(batch, List.of())) {
        known = true;
        if (told.add(part.of())) {
          (part instanceof Part.Announced ? sayings : others).add(part.of().saying);
        }
      }
      if (!known) {
        bare.add(batch);
      }
    }
    for (ClaimMessage message : ClaimMessage.of(claimed)) {
      sayings.add(Saying.own(Saying.Kind.CLAIMS, Bytes.copyOf(message.encode())));
    }
    sayings.addAll(others);
    return sayings;
  }

  private boolean own(Id batch, List<Saying> announced, List<ClaimDelta> claimed) {
    Announcement announcement = own.get(batch);
    if (announcement != null) {
      announced.add(Saying.own(Saying.Kind.ANNOUNCEMENT, announcement.encode(self)));
    }
    ClaimDelta delta = claims.contains(batch) ? claims.claims(batch, selfId) : null;
    if (delta != null) {
      claimed.add(delta);
    }
    return delta != null || announcement != null;
  }
}
