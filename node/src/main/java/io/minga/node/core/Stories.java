package io.minga.node.core;

import io.minga.libp2p.identity.PeerId;
import io.minga.node.story.TaskEvent.What;
import io.minga.node.task.Batch;
import io.minga.node.task.Outcome;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What happened to tasks, for whoever asks: of open batches, and of the last ones that are over.
 *
 * <p>It takes no more than a number of bytes: half for batches that are open, three eighths for
 * those that are over and worth a look, an eighth for those whose tasks were short and went well,
 * of which the bytes go too unless they are few. What there is no room for isn't written; a batch
 * without a story has the state that its owner sees, and no past.
 */
final class Stories {
  /** A task that runs for less is not worth a look when it went well. */
  private static final long SHORT_NANOS = 10_000_000;

  /** What happens within so long is one event, if it is alike. */
  private static final long SAME_NANOS = 2_000_000;

  /** Or within such a part of the time since the batch came in. */
  private static final int SAME_PART = 32;

  /** A batch of so few bytes is kept, however quiet. */
  private static final int SMALL_BYTES = 1024;

  private static final int ENTRIES_MAX = 512;
  private static final int WORDS_MAX = 400;

  private final long openBytesMax;
  private final long notableBytesMax;
  private final long quietBytesMax;
  private final Deque<Story> notable = new ArrayDeque<>();
  private final Deque<Story> quiet = new ArrayDeque<>();

  /** Those that are over since the turn began; the input that ended them may have more to tell. */
  private final List<Story> ending = new ArrayList<>();

  private long openBytes;
  private long notableBytes;
  private long quietBytes;
  private long nowNanos;

  Stories(NodeOptions options) {
    long bytesMax = options.limits().storyBytesMax();
    this.openBytesMax = bytesMax / 2;
    this.quietBytesMax = bytesMax / 8;
    this.notableBytesMax = bytesMax - openBytesMax - quietBytesMax;
  }

  /** What happens from here on happens now. */
  void now(long nowNanos) {
    this.nowNanos = nowNanos;
  }

  /** A batch is here from now on; null if there is no room for its story. */
  @Nullable Story begin(Batch batch) {
    if (openBytes + Story.BYTES > openBytesMax) {
      return null;
    }
    openBytes += Story.BYTES;
    return new Story(batch, nowNanos);
  }

  /** Something has happened to tasks of the batch. */
  void note(
      @Nullable Story story,
      What what,
      IndexBits tasks,
      @Nullable PeerId peer,
      int epoch,
      @Nullable Object why) {
    if (story != null && !tasks.isEmpty()) {
      entry(story, what, tasks, peer, epoch, why);
      story.notable |= what != What.RECEIVED;
    }
  }

  /** Tasks go to a peer. */
  void handedOut(Handout handout) {
    Story story = handout.of.story;
    if (story != null) {
      Demand demand = handout.of.demand;
      Story.Entry entry =
          entry(
              story,
              What.HANDED_OUT,
              handout.tasks,
              handout.lane.peer,
              handout.epoch,
              demand.key.rule());
      if (entry != null) {
        entry.nanos = handout.finishNanos;
        entry.counted = demand.candidates.size();
      }
    }
  }

  /** The peer takes all of them but {@code refused}. */
  void taken(Handout handout, IndexBits refused) {
    Story story = handout.of.story;
    if (story != null) {
      IndexBits taken = handout.tasks.copy();
      taken.removeAll(refused);
      if (!taken.isEmpty()) {
        entry(story, What.TAKEN, taken, handout.lane.peer, handout.epoch, null);
      }
    }
  }

  /** A task has ended well: the peer ran it for so long. */
  void result(@Nullable Story story, What what, IndexBits tasks, PeerId peer, long ranNanos) {
    if (story == null) {
      return;
    }
    story.failed.removeAll(tasks);
    Story.Entry entry = entry(story, what, tasks, peer, 0, null);
    if (entry != null) {
      entry.counted += tasks.size();
      entry.nanos += ranNanos;
    }
  }

  /** An attempt failed; after so long there is another. */
  void failedAttempt(
      @Nullable Story story, int index, PeerId peer, Outcome.Failure failure, long delayNanos) {
    if (story == null) {
      return;
    }
    story.notable = true;
    Story.Entry entry =
        entry(story, What.ATTEMPT_FAILED, IndexBits.single(index), peer, 0, words(failure));
    if (entry != null) {
      entry.nanos = Math.max(entry.nanos, delayNanos);
    }
  }

  /** A task of another submitter has failed here. */
  void failedHere(@Nullable Story story, int index, PeerId self, Outcome.Failure failure) {
    if (story != null) {
      story.failed.add(index);
      failedAttempt(story, index, self, failure, 0);
    }
  }

  /** A task is over and has no result. */
  void failed(@Nullable Story story, int index, @Nullable PeerId peer, Outcome.Failure failure) {
    if (story == null) {
      return;
    }
    boolean cancelled = failure.kind() == Outcome.Kind.CANCELLED;
    (cancelled ? story.cancelled : story.failed).add(index);
    note(
        story,
        cancelled ? What.CANCELLED : What.FAILED,
        IndexBits.single(index),
        peer,
        0,
        words(failure));
  }

  private static String words(Outcome.Failure failure) {
    StringBuilder words = new StringBuilder(failure.kind().toString());
    for (String part : new String[] {failure.type(), failure.message()}) {
      if (!part.isEmpty()) {
        words.append(": ").append(part, 0, Math.min(part.length(), WORDS_MAX));
      }
    }
    return words.toString();
  }

  /** The entry for what happens, which may be there; null if there is no room. */
  private Story.@Nullable Entry entry(
      Story story,
      What what,
      IndexBits tasks,
      @Nullable PeerId peer,
      int epoch,
      @Nullable Object why) {
    Story.Entry last = story.last();
    if (last != null
        && last.what == what
        && last.epoch == epoch
        && Objects.equals(last.peer, peer)
        && Objects.equals(last.why, why)
        && isSame(story, last)) {
      last.tasks.addAll(tasks);
      return last;
    }
    Story.Entry entry = new Story.Entry(nowNanos, what, tasks.copy(), peer, epoch, why);
    makeRoom(story, entry.bytes());
    if (openBytes + entry.bytes() > openBytesMax) {
      story.forgotten++;
      return null;
    }
    story.entries.add(entry);
    count(story, entry.bytes());
    return entry;
  }

  private boolean isSame(Story story, Story.Entry entry) {
    long same = Math.max(SAME_NANOS, (nowNanos - story.sinceNanos) / SAME_PART);
    return nowNanos - entry.atNanos <= same;
  }

  /** Forgets what happened in between, until there is room or nothing in between. */
  private void makeRoom(Story story, int bytes) {
    while (story.entries.size() > Story.FIRST_KEPT + 1
        && (story.entries.size() >= ENTRIES_MAX || openBytes + bytes > openBytesMax)) {
      count(story, -story.entries.remove(Story.FIRST_KEPT).bytes());
      story.forgotten++;
    }
  }

  private void count(Story story, long bytes) {
    story.bytes += bytes;
    openBytes += bytes;
  }

  /** The batch needs nobody's care any more. */
  void over(@Nullable Story story) {
    if (story != null) {
      ending.add(story);
    }
  }

  /** Puts away what is over; for the end of a turn, or between two inputs. */
  void putAway() {
    if (!ending.isEmpty()) {
      ending.forEach(this::putAway);
      ending.clear();
    }
  }

  private void putAway(Story story) {
    Batch batch = story.batch;
    if (batch == null) {
      return;
    }
    openBytes -= story.bytes;
    story.cid = batch.cid();
    story.overNanos = nowNanos;
    boolean isQuiet = story.isQuiet(SHORT_NANOS);
    if (isQuiet && batch.functions().size() == 1 && batch.bytes().length() > SMALL_BYTES) {
      story.batch = null;
    } else {
      story.bytes += batch.bytes().length();
    }
    if (isQuiet) {
      quiet.add(story);
      quietBytes += story.bytes;
    } else {
      notable.add(story);
      notableBytes += story.bytes;
    }
    while (quietBytes > quietBytesMax) {
      quietBytes -= quiet.remove().bytes;
    }
    while (notableBytes > notableBytesMax) {
      notableBytes -= notable.remove().bytes;
    }
  }

  /** Those of batches that are over, the latest first. */
  Iterable<Story> latest() {
    return () -> new Latest(notable.descendingIterator(), quiet.descendingIterator());
  }

  /** Two of them as one, by when they were over. */
  private static final class Latest implements Iterator<Story> {
    private final Iterator<Story> one;
    private final Iterator<Story> other;
    private @Nullable Story nextOne;
    private @Nullable Story nextOther;

    Latest(Iterator<Story> one, Iterator<Story> other) {
      this.one = one;
      this.other = other;
      this.nextOne = step(one);
      this.nextOther = step(other);
    }

    private static @Nullable Story step(Iterator<Story> stories) {
      return stories.hasNext() ? stories.next() : null;
    }

    @Override
    public boolean hasNext() {
      return nextOne != null || nextOther != null;
    }

    @Override
    public Story next() {
      Story first = nextOne;
      Story second = nextOther;
      if (first != null && (second == null || first.overNanos - second.overNanos >= 0)) {
        nextOne = step(one);
        return first;
      }
      nextOther = step(other);
      return Objects.requireNonNull(second);
    }
  }

  /** What all stories take, in bytes. */
  long bytes() {
    return openBytes + notableBytes + quietBytes;
  }
}
