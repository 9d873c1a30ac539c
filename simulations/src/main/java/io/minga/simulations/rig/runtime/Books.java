package io.minga.simulations.rig.runtime;

import io.minga.simulations.rig.Observation;
import io.minga.simulations.rig.Work;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** What was asked, answered, told and run, since the beginning of one fault. */
final class Books {
  private final List<Observation> seen = new ArrayList<>();
  private final AtomicLong tasks;
  private final long first;
  private int requests;

  /** Begins; {@code tasks} is how many there were before with these peers, and counts on. */
  Books(AtomicLong tasks) {
    this.tasks = tasks;
    this.first = tasks.get();
  }

  /** So many inputs that nobody had before, and a request of them. */
  synchronized Observation.Asked ask(
      int count, int napMillis, boolean isDurable, boolean isExclusive) {
    List<Long> inputs = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      inputs.add(Work.input(tasks.getAndIncrement(), napMillis));
    }
    Observation.Asked asked = new Observation.Asked(requests++, inputs, isDurable, isExclusive);
    seen.add(asked);
    return asked;
  }

  synchronized void add(Observation observation) {
    seen.add(observation);
  }

  /** All of it, with what the peers' handlers have written until now. */
  synchronized List<Observation> all(List<RigPeer> peers) throws IOException {
    List<Observation> all = new ArrayList<>(seen);
    for (RigPeer peer : peers) {
      runs(peer.index(), peer.log()).stream()
          .filter(ran -> ran.input() >= Work.input(first, 0))
          .forEach(all::add);
    }
    return all;
  }

  /** What one peer's handlers ran, in the order in which it began. */
  static List<Observation.Ran> runs(int peer, Path log) throws IOException {
    Map<Long, Deque<Integer>> open = new LinkedHashMap<>();
    List<Observation.Ran> runs = new ArrayList<>();
    for (String line : lines(log)) {
      String[] words = line.split(" ", -1);
      if (words.length < 4 || words[3].isEmpty()) {
        continue; // cut off by a kill
      }
      long input = Long.parseLong(words[1]);
      long nanos = Long.parseLong(words[2]);
      if (words[0].equals("B")) {
        open.computeIfAbsent(input, it -> new ArrayDeque<>()).push(runs.size());
        int epoch = Integer.parseInt(words[3]);
        runs.add(new Observation.Ran(input, peer, nanos, Long.MAX_VALUE, epoch));
      } else {
        int begun = open.getOrDefault(input, new ArrayDeque<>()).pop();
        runs.set(begun, runs.get(begun).endingAt(nanos));
      }
    }
    return runs;
  }

  private static List<String> lines(Path log) throws IOException {
    try {
      return Files.readAllLines(log);
    } catch (NoSuchFileException e) {
      return List.of(); // it never ran anything
    }
  }
}
