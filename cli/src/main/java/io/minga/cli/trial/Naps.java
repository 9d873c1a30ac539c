package io.minga.cli.trial;

import io.minga.node.value.Codec;
import io.minga.node.value.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Tasks that only take time, so that more of them run at once than there are cores. */
final class Naps {
  static final String FUNCTION = "sleep";

  private static final int LEAST_MILLIS = 50;
  private static final int MOST_MILLIS = 200;

  private final int[] millis;

  private Naps(int[] millis) {
    this.millis = millis;
  }

  /** So many, each of 50 to 200 ms. */
  static Naps of(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return new Naps(random.ints(count, LEAST_MILLIS, MOST_MILLIS + 1).toArray());
  }

  int count() {
    return millis.length;
  }

  long nanos(int index) {
    return millis[index] * 1_000_000L;
  }

  /** Milliseconds, as the built-in function takes them. */
  List<byte[]> inMillis() {
    Codec<Long> integer = Values.codec(Long.class);
    List<byte[]> inputs = new ArrayList<>();
    for (int each : millis) {
      inputs.add(integer.encode((long) each));
    }
    return inputs;
  }

  /** Seconds, as the program of that name takes them. */
  List<byte[]> inSeconds() {
    Codec<String> text = Values.codec(String.class);
    List<byte[]> inputs = new ArrayList<>();
    for (int each : millis) {
      inputs.add(text.encode("0.%03d".formatted(each)));
    }
    return inputs;
  }
}
