package io.minga.node.schedule;

import io.minga.libp2p.identity.PeerId;
import java.util.List;

/**
 * What a peer says of its load, as far as scheduling uses it.
 *
 * @param boot drawn when the peer started; {@code sequence} rises within it
 * @param slots how many tasks it runs at once
 * @param free how many of them are idle
 * @param queued how many tasks wait there
 * @param workNanos the expected run time that is left of all that it holds, run one after another
 * @param runTimes of functions that it offers
 * @param complete whether these are all that it offers; others only renew what was said before
 * @param tags what the peer is tagged with
 * @param cores how many it has for tasks
 * @param memoryMib how much it has for tasks
 */
public record PeerReport(
    PeerId peer,
    long boot,
    long sequence,
    int slots,
    int free,
    long queued,
    long workNanos,
    List<RunTime> runTimes,
    boolean complete,
    List<String> tags,
    int cores,
    int memoryMib) {
  /** The most slots that are believed. */
  public static final int SLOTS_MAX = 65_536;

  /** Checks the amounts; whoever decodes a report has refused wrong ones before. */
  public PeerReport {
    if (slots < 0 || slots > SLOTS_MAX || free < 0 || free > slots) {
      throw new IllegalArgumentException(
          "a peer has 0 to %d slots and no more free ones, not %d and %d"
              .formatted(SLOTS_MAX, slots, free));
    }
    if (queued < 0 || workNanos < 0 || cores < 0 || memoryMib < 0) {
      throw new IllegalArgumentException("an amount in a load report is negative");
    }
    runTimes = List.copyOf(runTimes);
    tags = List.copyOf(tags);
  }

  /** Whether the peer can run just what it could when it said {@code before}. */
  boolean offersSame(PeerReport before) {
    boolean same =
        complete
            && before.complete
            && boot == before.boot
            && slots == before.slots
            && cores == before.cores
            && memoryMib == before.memoryMib
            && runTimes.size() == before.runTimes.size()
            && tags.equals(before.tags);
    for (int i = 0; same && i < runTimes.size(); i++) {
      same = runTimes.get(i).function().equals(before.runTimes.get(i).function());
    }
    return same;
  }
}
