package io.minga.cli;

import io.minga.cli.control.Daemon;
import io.minga.libp2p.identity.PeerId;
import io.minga.node.story.TaskEvent;
import io.minga.node.story.TaskInfo;
import io.minga.node.story.TaskState;
import io.minga.node.story.TaskStory;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a peer knows of tasks, as commands are told it. */
final class TaskRows {
  private static final double NANOS_PER_MILLI = 1e6;

  private TaskRows() {}

  /**
   * The states that a command asks for; all if it names none.
   *
   * @throws IllegalArgumentException if there is no such state
   */
  static Set<TaskState> states(List<String> names) {
    EnumSet<TaskState> states = EnumSet.noneOf(TaskState.class);
    names.forEach(name -> states.add(TaskState.parse(name)));
    return states.isEmpty() ? EnumSet.allOf(TaskState.class) : states;
  }

  static Daemon.TaskRow row(TaskInfo task, Instant now) {
    Instant ended = task.ended();
    return new Daemon.TaskRow(
        task.name(),
        task.ref().toString(),
        task.function().toString(),
        task.state().toString(),
        text(task.where()),
        task.attempts(),
        task.submitter().toString(),
        millis(task.since(), now),
        ended == null ? null : (Long) millis(task.since(), ended));
  }

  private static @Nullable String text(@Nullable PeerId peer) {
    return peer == null ? null : peer.toString();
  }

  private static long millis(Instant from, Instant to) {
    return Math.max(0, Duration.between(from, to).toMillis());
  }

  static Daemon.Story story(TaskStory story, Instant now) {
    Instant since = story.task().since();
    return new Daemon.Story(
        row(story.task(), now), story.events().stream().map(it -> event(it, since)).toList());
  }

  private static Daemon.Event event(TaskEvent event, Instant since) {
    return new Daemon.Event(
        event.at().toString(),
        Duration.between(since, event.at()).toNanos() / NANOS_PER_MILLI,
        event.what().name().toLowerCase(Locale.ROOT).replace('_', '-'),
        text(event.peer()),
        event.attempt(),
        event.why());
  }
}
