package io.minga.crdt.sync;

import io.minga.crdt.sync.SyncMessage.Item;
import io.minga.crdt.sync.SyncMessage.Listed;
import io.minga.crdt.sync.SyncMessage.Part;
import io.minga.crdt.sync.SyncMessage.Split;
import io.minga.crdt.sync.SyncMessage.Whole;
import io.minga.crdt.wire.Digest;
import io.minga.crdt.wire.Id;
import io.minga.crdt.wire.MalformedException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * One end of a comparison of two sets: finds the entries in which they differ by comparing digests
 * of ever smaller ranges of ids.
 *
 * <p>Both ends do the same; one of them starts. Whoever hears a digest that differs from its own
 * answers with those of the range's 16 parts, or, where it has few entries, with these. Whoever
 * hears entries offers what the other lacks or has differently, and asks for what it lacks itself
 * or has differently. An end speaks when it is spoken to, one message each, and is through when
 * both have said that they have nothing left. In sets of n entries that differ in k this takes O(k
 * log n) bytes, and two messages if k is 0.
 *
 * <p>The set may change meanwhile. Then ranges differ for that reason too, and what was missed is
 * found the next time.
 */
public final class RangeSync {
  /** A message stops growing here, which leaves room for its largest part and all wants. */
  private static final int MESSAGE_BYTES = SyncMessage.BYTES_MAX / 4;

  private static final int PART_BYTES = 24;
  private static final int ITEM_BYTES = 24;

  /** What happens to an end. */
  public sealed interface Input {
    /** This end is the one that starts. */
    record Start() implements Input {}

    /** The other has said something. */
    record Received(SyncMessage message) implements Input {}

    /** {@link #nextDeadlineNanos} has come. */
    record Elapsed() implements Input {}
  }

  /** What is to be done, in this order. */
  public sealed interface Effect {
    /** Say this to the other. */
    record Send(SyncMessage message) implements Effect {}

    /** Give the other these entries, as far as they are still there. */
    record Offer(List<Id> entries) implements Effect {}

    /**
     * It is over.
     *
     * @param complete false if a limit was reached, so that there may be more to find
     */
    record Finished(boolean complete) implements Effect {}

    /** The other has been silent for too long, and it is over. */
    record TimedOut() implements Effect {}
  }

  private enum State {
    IDLE,
    /** It is the other's turn, which has something of ours to answer. */
    ASKED,
    /** It is the other's turn, and we have nothing left. */
    THROUGH,
    OVER
  }

  private final DigestTree tree;
  private final Predicate<Id> isOver;
  private final SyncOptions options;
  private final Deque<Prefix> ranges = new ArrayDeque<>();
  private final Deque<Id> wants = new ArrayDeque<>();
  private State state = State.IDLE;
  private boolean complete = true;
  private int messages;
  private int offers;

  /** How many entries were gone through for lists that are shorter than ours, again and again. */
  private long looked;

  private long deadlineNanos;

  /**
   * An end of a comparison of {@code tree}.
   *
   * @param isOver whether an entry that isn't in the tree is known all the same: it is offered to a
   *     peer that has it still, rather than asked for
   */
  public RangeSync(DigestTree tree, Predicate<Id> isOver, SyncOptions options) {
    this.tree = tree;
    this.isOver = isOver;
    this.options = options;
  }

  /** When {@link Input.Elapsed} is due; {@link Long#MAX_VALUE} if never. */
  public long nextDeadlineNanos() {
    return isRunning() ? deadlineNanos : Long.MAX_VALUE;
  }

  private boolean isRunning() {
    return state == State.ASKED || state == State.THROUGH;
  }

  /**
   * Takes an input and says what is to be done.
   *
   * @throws MalformedException if the other speaks when all is said, or without end
   */
  public List<Effect> handle(long nowNanos, Input input) throws MalformedException {
    List<Effect> effects = new ArrayList<>();
    if (input instanceof Input.Start) {
      start(nowNanos, effects);
    } else if (input instanceof Input.Received received) {
      receive(nowNanos, received.message(), effects);
    } else if (isRunning() && deadlineNanos - nowNanos <= 0) {
      state = State.OVER;
      effects.add(new Effect.TimedOut());
    }
    return effects;
  }

  private void start(long nowNanos, List<Effect> effects) {
    if (state != State.IDLE) {
      throw new IllegalStateException("a comparison starts once, and at one end");
    }
    Whole all = new Whole(Prefix.ALL, tree.digest());
    send(nowNanos, new SyncMessage(List.of(all), List.of()), effects);
  }

  private void receive(long nowNanos, SyncMessage message, List<Effect> effects)
      throws MalformedException {
    if (state == State.OVER) {
      throw new MalformedException("SyncMessage after the comparison is over");
    }
    if (++messages > options.messagesMax()) {
      throw new MalformedException("more than " + options.messagesMax() + " SyncMessages");
    }
    Map<Id, Id> offered = new LinkedHashMap<>();
    for (Part part : message.parts()) {
      compare(part, offered);
    }
    message.wants().forEach(want -> offered.put(want, want));
    offer(offered, effects);
    SyncMessage reply = next();
    if (message.isEmpty() && reply.isEmpty() && state == State.THROUGH) {
      finish(effects);
      return;
    }
    send(nowNanos, reply, effects);
    if (message.isEmpty() && reply.isEmpty()) {
      finish(effects);
    }
  }

  private void finish(List<Effect> effects) {
    state = State.OVER;
    effects.add(new Effect.Finished(complete));
  }

  private void send(long nowNanos, SyncMessage message, List<Effect> effects) {
    state = message.isEmpty() ? State.THROUGH : State.ASKED;
    deadlineNanos = nowNanos + options.timeout().toNanos();
    effects.add(new Effect.Send(message));
  }

  private void compare(Part part, Map<Id, Id> offered) {
    Prefix range = part.range();
    if (part instanceof Whole whole) {
      if (!whole.digest().equals(tree.digest(range))) {
        look(range);
      }
    } else if (part instanceof Split split) {
      compare(range, split.digests());
    } else if (part instanceof Listed listed) {
      if (looked > options.offersMax()) {
        complete = false;
        return;
      }
      List<DigestTree.Entry> ours = tree.entries(range);
      looked += Math.max(0, ours.size() - DigestTree.LEAF_MAX);
      compare(ours, listed.items(), offered);
    }
  }

  private void compare(Prefix range, List<Digest> theirs) {
    Digest[] ours = tree.parts(range);
    if (ours == null) {
      look(range);
      return;
    }
    for (int digit = 0; digit < Prefix.FANOUT; digit++) {
      if (!ours[digit].equals(theirs.get(digit))) {
        look(range.child(digit));
      }
    }
  }

  private void compare(List<DigestTree.Entry> ours, List<Item> theirs, Map<Id, Id> offered) {
    Map<Id, Digest> unseen = new LinkedHashMap<>();
    theirs.forEach(item -> unseen.put(item.id(), item.digest()));
    for (DigestTree.Entry entry : ours) {
      Digest digest = unseen.remove(entry.id());
      if (digest == null || !digest.equals(entry.digest())) {
        offered.put(entry.id(), entry.id());
      }
      if (digest != null && !digest.equals(entry.digest())) {
        want(entry.id());
      }
    }
    for (Id id : unseen.keySet()) {
      if (isOver.test(id)) {
        offered.put(id, id);
      } else {
        want(id);
      }
    }
  }

  private void look(Prefix range) {
    if (ranges.size() < options.rangesMax()) {
      ranges.push(range);
    } else {
      complete = false;
    }
  }

  private void want(Id id) {
    if (wants.size() < options.wantsMax()) {
      wants.add(id);
    } else {
      complete = false;
    }
  }

  private void offer(Map<Id, Id> offered, List<Effect> effects) {
    int room = options.offersMax() - offers;
    List<Id> entries = offered.keySet().stream().limit(room).toList();
    complete &= entries.size() == offered.size();
    offers += entries.size();
    if (!entries.isEmpty()) {
      effects.add(new Effect.Offer(entries));
    }
  }

  /** The next message: the ranges that were looked at last first, so that few are open at once. */
  private SyncMessage next() {
    List<Part> parts = new ArrayList<>();
    int bytes = 0;
    while (!ranges.isEmpty() && parts.size() < SyncMessage.PARTS_MAX && bytes < MESSAGE_BYTES) {
      Part part = part(ranges.pop());
      parts.add(part);
      bytes += bytes(part);
    }
    List<Id> asked = new ArrayList<>();
    while (!wants.isEmpty() && asked.size() < SyncMessage.WANTS_MAX) {
      asked.add(wants.remove());
    }
    return new SyncMessage(parts, asked);
  }

  private Part part(Prefix range) {
    Digest[] parts = tree.parts(range);
    if (parts != null) {
      return new Split(range, Arrays.asList(parts));
    }
    List<DigestTree.Entry> entries = tree.entries(range);
    complete &= entries.size() <= DigestTree.LEAF_MAX;
    List<Item> items =
        entries.stream()
            .limit(DigestTree.LEAF_MAX)
            .map(entry -> new Item(entry.id(), entry.digest()))
            .sorted(Comparator.comparing(Item::id))
            .toList();
    return new Listed(range, items);
  }

  private static int bytes(Part part) {
    if (part instanceof Split) {
      return PART_BYTES + Prefix.FANOUT * Digest.BYTES;
    }
    int bytes = PART_BYTES;
    if (part instanceof Listed listed) {
      for (Item item : listed.items()) {
        bytes += ITEM_BYTES + item.id().length();
      }
    }
    return bytes;
  }
}
