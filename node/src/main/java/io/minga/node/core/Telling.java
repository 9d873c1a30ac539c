package io.minga.node.core;

import io.minga.node.story.TaskEvent;
import io.minga.node.story.TaskEvent.What;
import io.minga.node.task.Placement;
import io.minga.node.task.WorkFrame;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Puts into words what a story has of one task. */
final class Telling {
  private static final double NANOS_PER_MILLI = 1e6;
  private static final double NANOS_PER_SECOND = 1e9;

  private final long nowNanos;
  private final Instant now;

  /** Tells at this moment, by the one clock and the other. */
  Telling(long nowNanos, long nowMillis) {
    this.nowNanos = nowNanos;
    this.now = Instant.ofEpochMilli(nowMillis);
  }

  Instant now() {
    return now;
  }

  Instant at(long nanos) {
    return now.plusNanos(nanos - nowNanos);
  }

  /** What happened to the task, of which a caller here wants the result if {@code own}. */
  List<TaskEvent> events(Story story, int index, boolean own) {
    List<TaskEvent> events = new ArrayList<>();
    if (own) {
      String size = story.size == 1 ? "" : "in a batch of " + story.size;
      events.add(new TaskEvent(at(story.sinceNanos), What.CAME_IN, null, 0, size));
    }
    int handed = 0;
    for (int i = 0; i < story.entries.size(); i++) {
      Story.Entry entry = story.entries.get(i);
      if (i == Story.FIRST_KEPT && story.forgotten > 0) {
        String count = "%d events of its batch are forgotten".formatted(story.forgotten);
        events.add(new TaskEvent(at(entry.atNanos), What.FORGOTTEN, null, 0, count));
      }
      if (entry.tasks.contains(index)) {
        boolean goes = entry.what == What.HANDED_OUT || entry.what == What.COPIED;
        handed += goes ? 1 : 0;
        int attempt = goes && story.forgotten == 0 ? handed : 0;
        events.add(new TaskEvent(at(entry.atNanos), entry.what, entry.peer, attempt, why(entry)));
      }
    }
    return events;
  }

  private static String why(Story.Entry entry) {
    Object why = entry.why;
    if (why instanceof Placement.Rule rule) {
      return why(rule, entry);
    } else if (why instanceof WorkFrame.Refusal refusal) {
      return why(refusal);
    } else if (entry.what == What.ATTEMPT_FAILED) {
      return entry.nanos == 0 ? text(why) : text(why) + "; tried again in " + span(entry.nanos);
    } else if (entry.what == What.RESULT || entry.what == What.RAN) {
      String ran = "for " + span(entry.nanos / Math.max(1, entry.counted));
      String each = entry.counted > 1 ? ran + ", in the mean of " + entry.counted : ran;
      return entry.what == What.RAN ? each : "it ran " + each;
    }
    return text(why);
  }

  private static String text(@Nullable Object why) {
    return why == null ? "" : why.toString();
  }

  private static String why(Placement.Rule rule, Story.Entry entry) {
    return switch (rule) {
      case BALANCED ->
          entry.counted == 1
              ? "nobody else can run it now"
              : "of %d peers it would be through first, in %s"
                  .formatted(entry.counted, span(entry.nanos));
      case SPREAD -> "one peer after the other, as its caller asked";
      case LEAST_LOADED -> "it holds the least work, as its caller asked";
      case FASTEST -> "it answers fastest, as its caller asked";
      case RANDOM -> "any peer, as its caller asked";
      case LOCAL -> "here, as its caller asked";
      case NEAR -> "it holds what the task takes";
    };
  }

  private static String why(WorkFrame.Refusal refusal) {
    return switch (refusal) {
      case OTHER -> "for a reason that is not known here";
      case FULL -> "it holds as much as it can";
      case UNKNOWN_FUNCTION -> "it does not offer the function";
      case REQUIREMENTS -> "it has not what the task requires";
      case LEAVING -> "it is leaving";
      case EXPIRED -> "the time of the task is over";
      case UNKNOWN_BATCH -> "it did not have the batch";
      case BUSIER -> "others have given it more than was known here";
      case CLAIMED -> "it knows of another peer that has it";
    };
  }

  private static String span(long nanos) {
    return nanos < NANOS_PER_SECOND
        ? String.format(Locale.ROOT, "%.1f ms", nanos / NANOS_PER_MILLI)
        : String.format(Locale.ROOT, "%.1f s", nanos / NANOS_PER_SECOND);
  }
}
