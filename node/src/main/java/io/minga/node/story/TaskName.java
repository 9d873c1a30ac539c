package io.minga.node.story;

import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.multiformats.Multibase;
import io.minga.libp2p.wire.Bytes;
import io.minga.node.task.Batch;
import io.minga.node.task.TaskCid;
import io.minga.node.task.TaskRef;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a person calls a task by: its CID, or its batch's CID and its place there, as in {@code
 * bafi…/3}. Of a CID the first characters will do, {@value #PREFIX_MIN} at least.
 */
public final class TaskName {
  /** How many characters of a CID are a name. */
  public static final int PREFIX_MIN = 8;

  /** How many characters the CIDs of tasks and batches have. */
  private static final int CID_CHARACTERS =
      Multibase.BASE32.encode(Bytes.copyOf(new byte[TaskCid.BYTES])).length();

  /** How many tasks are listed for somebody who has to choose. */
  private static final int LISTED_MAX = 5;

  private static final String DIGITS = "abcdefghijklmnopqrstuvwxyz234567";
  private static final int DIGIT_BITS = 5;

  private final String text;
  private final byte[] prefix;
  private final int bits;
  private final int index;

  private TaskName(String text, byte[] prefix, int bits, int index) {
    this.text = text;
    this.prefix = prefix;
    this.bits = bits;
    this.index = index;
  }

  /**
   * The name that a person typed.
   *
   * @throws IllegalArgumentException if it can't be one; the message says why
   */
  public static TaskName parse(String typed) {
    String text = typed.strip();
    int slash = text.indexOf('/');
    int index = slash < 0 ? -1 : index(text, text.substring(slash + 1));
    String cid = (slash < 0 ? text : text.substring(0, slash)).toLowerCase(Locale.ROOT);
    if (cid.length() < PREFIX_MIN || cid.length() > CID_CHARACTERS) {
      throw wrong(
          text,
          "a CID has %d characters, of which the first %d or more will do, and this has %d"
              .formatted(CID_CHARACTERS, PREFIX_MIN, cid.length()));
    }
    if (cid.charAt(0) != 'b') {
      throw wrong(text, "the CID of a task or a batch begins with b");
    }
    byte[] prefix = new byte[TaskCid.BYTES + 1];
    int bits = 0;
    for (int i = 1; i < cid.length(); i++) {
      int digit = DIGITS.indexOf(cid.charAt(i));
      if (digit < 0) {
        throw wrong(text, "a CID has letters and the digits 2 to 7");
      }
      for (int bit = DIGIT_BITS - 1; bit >= 0; bit--, bits++) {
        prefix[bits >> 3] |= (byte) ((digit >> bit & 1) << (7 - (bits & 7)));
      }
    }
    return new TaskName(
        slash < 0 ? cid : cid + text.substring(slash),
        prefix,
        Math.min(bits, TaskCid.BYTES * Byte.SIZE),
        index);
  }

  private static int index(String text, String digits) {
    try {
      int index = Integer.parseInt(digits);
      if (index >= 0 && index < TaskRef.BATCH_TASKS_MAX) {
        return index;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw wrong(
        text,
        "after the slash is the task's place, 0 to %d, not '%s'"
            .formatted(TaskRef.BATCH_TASKS_MAX - 1, digits));
  }

  private static IllegalArgumentException wrong(String text, String why) {
    String shown = text.length() <= 80 ? text : text.substring(0, 80) + "…";
    return new IllegalArgumentException("'%s' is no name of a task: %s".formatted(shown, why));
  }

  /** Whether the CID is called so, its place left aside. */
  boolean matches(Cid cid) {
    Bytes bytes = cid.toBytes();
    if (bytes.length() != TaskCid.BYTES) {
      return false;
    }
    int whole = bits / Byte.SIZE;
    for (int i = 0; i < whole; i++) {
      if ((prefix[i] & 0xff) != bytes.at(i)) {
        return false;
      }
    }
    int rest = bits % Byte.SIZE;
    return rest == 0 || ((prefix[whole] & 0xff) ^ bytes.at(whole)) >> (Byte.SIZE - rest) == 0;
  }

  /**
   * The one task of these batches that is called so. Unless the name has a place, this hashes all
   * their tasks, a few million a second.
   *
   * @throws IllegalArgumentException if there is none, or there are several; the message says which
   */
  public TaskRef find(Iterable<KnownBatch> batches) {
    Set<TaskRef> tasks = new LinkedHashSet<>();
    List<KnownBatch> whole = new ArrayList<>();
    for (KnownBatch each : batches) {
      if (matches(each.cid())) {
        if (index >= 0 && index < each.size()) {
          tasks.add(new TaskRef(each.cid(), index));
        } else if (index < 0 && each.size() == 1) {
          tasks.add(new TaskRef(each.cid(), 0));
        } else if (whole.stream().noneMatch(it -> it.cid().equals(each.cid()))) {
          whole.add(each);
        }
      }
      Batch batch = each.batch();
      for (int i = 0; index < 0 && batch != null && i < each.size(); i++) {
        if (matches(batch.task(i).cid())) {
          tasks.add(new TaskRef(each.cid(), i));
        }
      }
    }
    if (tasks.size() == 1 && (whole.isEmpty() || index >= 0)) {
      return tasks.iterator().next();
    }
    throw new IllegalArgumentException(
        tasks.isEmpty() ? notOne(whole) : several(tasks, whole.size()));
  }

  private String notOne(List<KnownBatch> batches) {
    if (batches.isEmpty()) {
      return "this peer knows of no task " + text;
    }
    KnownBatch first = batches.get(0);
    if (batches.size() > 1) {
      return "the CIDs of %d batches begin with %s; give more of one"
          .formatted(batches.size(), text);
    }
    return "%s is no task, but the batch has %s/0%s"
        .formatted(
            text,
            first.cid(),
            first.size() == 1 ? "" : " to %s/%d".formatted(first.cid(), first.size() - 1));
  }

  private String several(Set<TaskRef> tasks, int batches) {
    String some =
        tasks.stream().limit(LISTED_MAX).map(TaskRef::toString).collect(Collectors.joining(", "));
    return "%d tasks%s are called %s; name one of them, by more of its CID or as %s%s"
        .formatted(
            tasks.size(),
            batches == 0 ? "" : " and %d batches".formatted(batches),
            text,
            some,
            tasks.size() > LISTED_MAX ? ", …" : "");
  }

  /** The name as it was typed, in small letters. */
  @Override
  public String toString() {
    return text;
  }
}
