package io.minga.cli.trial;

import java.io.IOException;
import java.util.List;

/** Something that peers promise each other, and a way to see it on this machine. */
public interface Trial {
  /** What it is called at the command. */
  String name();

  /** The promise, a line. */
  String promise();

  /**
   * Does it once.
   *
   * @param seed what the work is drawn from
   * @throws IOException if a process cannot be started
   * @throws TrialException if it can't be said how it went; the message says why
   */
  Verdict run(long seed) throws IOException, InterruptedException, TrialException;

  /** All there are. */
  static List<Trial> all() {
    return List.of(
        new UnequalHosts("hosts", false),
        new UnequalHosts("speeds", true),
        new LateJoiner(),
        new Leaver("leave", false),
        new Leaver("kill", true),
        new Lines(),
        new Makespan(),
        new GossipCost());
  }
}
