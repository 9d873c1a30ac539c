package io.minga.node.journal;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a durable job: the journal that it was written to, and its number there. As text it
 * is sixteen hex digits, a hyphen and the number.
 *
 * @param lineage names the journal
 * @param number from 1
 */
public record JobId(long lineage, long number) {
  private static final Pattern FORM = Pattern.compile("([0-9a-f]{16})-([1-9][0-9]{0,17})");

  /** Checks the number. */
  public JobId {
    if (number < 1) {
      throw new IllegalArgumentException("a job's number is ≥ 1, not " + number);
    }
  }

  /**
   * The name that {@code text} is.
   *
   * @throws IllegalArgumentException if it is none; the message says what one looks like
   */
  public static JobId parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException(
          "'%s' is no job's id, which is sixteen hex digits, a hyphen and a number, such as %s"
              .formatted(text, new JobId(0x3f9a1c2b7d8e4f60L, 12)));
    }
    return new JobId(Long.parseUnsignedLong(form.group(1), 16), Long.parseLong(form.group(2)));
  }

  @Override
  public String toString() {
    return "%016x-%d".formatted(lineage, number);
  }
}
