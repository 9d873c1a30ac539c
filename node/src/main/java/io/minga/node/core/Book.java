package io.minga.node.core;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.node.story.KnownBatch;
import io.minga.node.story.TaskEvent;
import io.minga.node.story.TaskInfo;
import io.minga.node.story.TaskState;
import io.minga.node.story.TaskStory;
import io.minga.node.task.TaskRef;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a core knows of single tasks: of its callers', of those that are here for other submitters,
 * and of the last ones that are over. For the core's owner, between two inputs; asking changes
 * nothing.
 */
public final class Book {
  private static final Set<TaskState> OPEN =
      Collections.unmodifiableSet(EnumSet.range(TaskState.WAITING, TaskState.PARKED));

  private final PeerId self;
  private final Submissions submissions;
  private final BatchTable table;
  private final Worker worker;
  private final Stories stories;

  Book(PeerId self, Submissions submissions, BatchTable table, Worker worker, Stories stories) {
    this.self = self;
    this.submissions = submissions;
    this.table = table;
    this.worker = worker;
    this.stories = stories;
  }

  /**
   * Tasks in any of these states: open ones of this peer's callers, those of others that are here,
   * each in the order in which they came, and then what is over, the latest first.
   *
   * @param max how many, at most
   */
  public List<TaskInfo> tasks(long nowNanos, long nowMillis, Set<TaskState> states, int max) {
    Telling telling = new Telling(nowNanos, nowMillis);
    List<TaskInfo> tasks = new ArrayList<>();
    EnumSet<TaskState> open = EnumSet.noneOf(TaskState.class);
    open.addAll(states);
    EnumSet<TaskState> over = open.clone();
    open.retainAll(OPEN);
    over.removeAll(OPEN);
    if (!open.isEmpty()) {
      forEachOpen(seen -> add(seen, open, telling, tasks, max));
    }
    if (!over.isEmpty() && tasks.size() < max) {
      forEachOpen(seen -> add(seen, over, telling, tasks, max));
      forEachOver(seen -> add(seen, over, telling, tasks, max));
    }
    return tasks;
  }

  private static boolean add(
      Seen seen, Set<TaskState> states, Telling telling, List<TaskInfo> tasks, int max) {
    seen.in(states)
        .forEach(
            index -> {
              if (tasks.size() < max) {
                tasks.add(seen.info(telling, index));
              }
            });
    return tasks.size() < max;
  }

  /** Goes through the batches that are open here, while {@code more} says so. */
  private void forEachOpen(Predicate<Seen> more) {
    for (OwnBatch own : submissions.batches()) {
      if (!more.test(Seen.own(self, own, table.get(own.batch.cid())))) {
        return;
      }
    }
    Map<Held, IndexBits> parked = worker.parked();
    for (Held held : table.batches()) {
      if (!held.submitter.equals(self) && !more.test(Seen.held(self, held, parked.get(held)))) {
        return;
      }
    }
  }

  private void forEachOver(Predicate<Seen> more) {
    for (Story story : stories.latest()) {
      Seen seen = Seen.over(self, story);
      if (seen != null && !more.test(seen)) {
        return;
      }
    }
  }

  /** All batches of which something is known, for somebody who looks for a task's name. */
  public List<KnownBatch> batches() {
    List<KnownBatch> batches = new ArrayList<>();
    Consumer<io.minga.node.task.Batch> add =
        batch -> batches.add(new KnownBatch(batch.cid(), batch.size(), batch));
    submissions.batches().forEach(own -> add.accept(own.batch));
    table.batches().forEach(held -> add.accept(held.batch));
    for (Story story : stories.latest()) {
      Cid cid = story.cid;
      if (cid != null) {
        batches.add(new KnownBatch(cid, story.size, story.batch));
      }
    }
    return batches;
  }

  /** How a task stands, and what happened to it; nothing if it is not known here. */
  public Optional<TaskStory> explain(long nowNanos, long nowMillis, TaskRef ref) {
    Telling telling = new Telling(nowNanos, nowMillis);
    @Nullable TaskInfo info = null;
    Deque<Story> tales = new ArrayDeque<>();
    for (Seen seen : seen(ref.batch())) {
      if (seen.state(ref.index()) != null) {
        info = info == null ? seen.info(telling, ref.index()) : info;
        Story story = seen.story();
        if (story != null) {
          tales.push(story);
        }
      }
    }
    if (info == null) {
      return Optional.empty();
    }
    List<TaskEvent> events = new ArrayList<>();
    for (Story tale : tales) {
      events.addAll(telling.events(tale, ref.index(), tale.submitter.equals(self)));
    }
    return Optional.of(new TaskStory(info, events));
  }

  /** A batch as it is here, and as it was when it was here before, the latest first. */
  private List<Seen> seen(Cid batch) {
    List<Seen> seen = new ArrayList<>();
    OwnBatch own = submissions.batch(batch);
    Held held = table.get(batch);
    if (own != null) {
      seen.add(Seen.own(self, own, held));
    } else if (held != null && !held.submitter.equals(self)) {
      seen.add(Seen.held(self, held, worker.parked().get(held)));
    }
    for (Story story : stories.latest()) {
      Seen over = batch.equals(story.cid) ? Seen.over(self, story) : null;
      if (over != null) {
        seen.add(over);
      }
    }
    return seen;
  }

  /** Which task a call became; nothing if it is none yet, or its batch is over. */
  public Optional<TaskRef> task(Submission submission, int call) {
    for (OwnBatch own : submission.places()) {
      for (int index = 0; index < own.batch.size(); index++) {
        if (own.submission(index) == submission && own.call(index) == call) {
          return Optional.of(new TaskRef(own.batch.cid(), index));
        }
      }
    }
    return Optional.empty();
  }

  /** What all that is remembered of tasks takes, in bytes. */
  long bytes() {
    return stories.bytes();
  }
}
