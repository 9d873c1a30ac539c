package io.minga.node.story;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What happened to one task, as the peer that is asked knows it.
 *
 * @param task how it stands
 * @param events in their order
 */
public record TaskStory(TaskInfo task, List<TaskEvent> events) {
  /** Copies the list. */
  public TaskStory {
    events = List.copyOf(events);
  }

  /** The task, and a line for each event. */
  @Override
  public String toString() {
    return task + "\n" + events.stream().map(TaskEvent::toString).collect(Collectors.joining("\n"));
  }
}
