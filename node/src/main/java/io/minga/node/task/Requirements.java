package io.minga.node.task;

import io.minga.libp2p.wire.ProtobufReader;
import io.minga.libp2p.wire.ProtobufWriter;
import io.minga.libp2p.wire.WireException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a peer must have to run a task.
 *
 * @param tags all of them, such as {@code gpu}; ascending, none twice, whatever was given
 * @param cores processor cores, 0 if it doesn't matter
 * @param memoryMib memory in MiB, 0 if it doesn't matter
 */
public record Requirements(List<String> tags, int cores, int memoryMib) {
  /** Nothing in particular. */
  public static final Requirements NONE = new Requirements(List.of(), 0, 0);

  static final int BYTES_MAX = 8 * 1024;

  private static final int TAG = 1;
  private static final int CORES = 2;
  private static final int MEMORY_MIB = 3;

  /** Orders the tags and checks the numbers. */
  public Requirements {
    tags = tags.stream().sorted().distinct().toList();
    if (cores < 0 || memoryMib < 0) {
      throw new IllegalArgumentException(
          "cores and memory are ≥ 0, not %d and %d MiB".formatted(cores, memoryMib));
    }
  }

  /** Whether a peer that has all this can run the task. */
  public boolean areMetBy(List<String> peerTags, int peerCores, int peerMemoryMib) {
    return cores <= peerCores && memoryMib <= peerMemoryMib && peerTags.containsAll(tags);
  }

  void require(TaskLimits limits) {
    requireTags(tags, limits);
  }

  static void requireTags(List<String> tags, TaskLimits limits) {
    if (tags.size() > limits.tagsMax()) {
      throw new IllegalArgumentException(
          tags.size() + " tags are above the limit of " + limits.tagsMax());
    }
    for (String tag : tags) {
      Fields.requireLabel("a tag", tag, limits);
    }
  }

  /** Adds a tag from the wire to those before it. */
  static void addTag(ProtobufReader in, List<String> tags, TaskLimits limits) throws WireException {
    Fields.requireRoom(in, tags, limits.tagsMax());
    String tag = Fields.label(in, limits.labelLengthMax());
    if (tags.contains(tag)) {
      throw in.violation("a tag comes twice");
    }
    tags.add(tag);
  }

  ProtobufWriter write() {
    ProtobufWriter out = new ProtobufWriter();
    for (String tag : tags) {
      out.string(TAG, tag);
    }
    if (cores > 0) {
      out.uint64(CORES, cores);
    }
    if (memoryMib > 0) {
      out.uint64(MEMORY_MIB, memoryMib);
    }
    return out;
  }

  static Requirements read(ProtobufReader in, TaskLimits limits) throws WireException {
    List<String> tags = new ArrayList<>();
    int cores = 0;
    int memoryMib = 0;
    long seen = 0;
    while (in.next()) {
      if (in.field() != TAG) {
        seen = Fields.once(in, seen, MEMORY_MIB);
      }
      switch (in.field()) {
        case TAG -> addTag(in, tags, limits);
        case CORES -> cores = Fields.number(in, 0, Integer.MAX_VALUE);
        case MEMORY_MIB -> memoryMib = Fields.number(in, 0, Integer.MAX_VALUE);
        default -> {}
      }
    }
    return new Requirements(tags, cores, memoryMib);
  }
}
