package io.minga.simulations.rig;

/**
 * The work that peers are given: a number says what it is and how long it takes, and whoever has
 * the number can compute its result again.
 */
public final class Work {
  /** What peers offer it as. */
  public static final String FUNCTION = "rig.work";

  private static final long NAP_MILLIS_LIMIT = 100_000;
  private static final long NUMBER_LIMIT = 1L << 36;

  private Work() {}

  /**
   * The input of one task.
   *
   * @param number names the task in the whole history
   * @param napMillis how long it waits, under 100 s
   */
  public static long input(long number, int napMillis) {
    if (number < 0 || number >= NUMBER_LIMIT || napMillis < 0 || napMillis >= NAP_MILLIS_LIMIT) {
      throw new IllegalArgumentException("no work: %d, %d ms".formatted(number, napMillis));
    }
    return number * NAP_MILLIS_LIMIT + napMillis;
  }

  /** How long the task of an input waits. */
  public static int napMillis(long input) {
    return (int) (input % NAP_MILLIS_LIMIT);
  }

  /** The result: the input, mixed, in 52 bits, which every reader of JSON keeps whole. */
  public static long answer(long input) {
    long mixed = input + 0x9e3779b97f4a7c15L;
    mixed = (mixed ^ (mixed >>> 30)) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
    return (mixed ^ (mixed >>> 31)) >>> 12;
  }
}
