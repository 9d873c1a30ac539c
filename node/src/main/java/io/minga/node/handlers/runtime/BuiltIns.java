package io.minga.node.handlers.runtime;

import io.minga.libp2p.wire.WireException;
import io.minga.node.handlers.Call;
import io.minga.node.handlers.Handler;
import io.minga.node.handlers.HandlerException;
import io.minga.node.task.FunctionName;
import io.minga.node.value.Codec;
import io.minga.node.value.Values;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The functions that every peer has, to try it with. Their inputs and results are values, in CBOR.
 *
 * <table>
 * <caption>Functions</caption>
 * <tr><th>name</th><th>input</th><th>result</th></tr>
 * <tr><td>{@code echo}</td><td>any bytes</td><td>the same</td></tr>
 * <tr><td>{@code sleep}</td><td>integer: milliseconds, at most a day</td>
 *     <td>integer: the same, after as long in a slot</td></tr>
 * <tr><td>{@code pi.sample}</td><td>integer: how many points, at most 10¹²</td>
 *     <td>double: four times the part of them that falls into the circle; another for each task,
 *     the same for each attempt at it</td></tr>
 * <tr><td>{@code hash}</td><td>text</td><td>text: the SHA-256 of its UTF-8, in hex</td></tr>
 * </table>
 */
public final class BuiltIns {
  private static final long SLEEP_MILLIS_MAX = 86_400_000;
  private static final long POINTS_MAX = 1_000_000_000_000L;

  /** How many points are drawn between two looks at whether anybody still wants them. */
  private static final int POINTS_UNASKED = 1 << 16;

  private static final Codec<Long> INTEGER = Values.codec(Long.class);
  private static final Codec<Double> DOUBLE = Values.codec(Double.class);
  private static final Codec<String> TEXT = Values.codec(String.class);

  private BuiltIns() {}

  /** The functions by name. */
  public static SortedMap<FunctionName, Handler> all() {
    SortedMap<FunctionName, Handler> all = new TreeMap<>();
    all.put(new FunctionName("echo"), computing((call, input) -> input));
    all.put(new FunctionName("sleep"), computing(BuiltIns::sleep));
    all.put(new FunctionName("pi.sample"), computing(BuiltIns::samplePi));
    all.put(new FunctionName("hash"), computing(BuiltIns::hash));
    return all;
  }

  private static Handler computing(Handler.Computing handler) {
    return handler;
  }

  /** Holds its slot, for it stands for work. */
  private static byte[] sleep(Call call, byte[] input) throws InterruptedException {
    Thread.sleep(integer("sleep", "milliseconds", input, SLEEP_MILLIS_MAX));
    return input;
  }

  private static byte[] samplePi(Call call, byte[] input) throws InterruptedException {
    long points = integer("pi.sample", "points", input, POINTS_MAX);
    if (points == 0) {
      throw HandlerException.badInput("pi.sample takes one point at least");
    }
    SplittableRandom random = new SplittableRandom(seed(call));
    long inside = 0;
    for (long left = points; left > 0; left -= POINTS_UNASKED) {
      if (call.cancelled()) {
        throw new InterruptedException();
      }
      inside += inside(random, (int) Math.min(left, POINTS_UNASKED));
    }
    return DOUBLE.encode(4.0 * inside / points);
  }

  private static long seed(Call call) {
    return ((long) call.task().batch().hashCode() << 32) + call.task().index();
  }

  private static int inside(SplittableRandom random, int points) {
    int inside = 0;
    for (int i = 0; i < points; i++) {
      double x = random.nextDouble();
      double y = random.nextDouble();
      inside += x * x + y * y < 1 ? 1 : 0;
    }
    return inside;
  }

  private static byte[] hash(Call call, byte[] input) throws NoSuchAlgorithmException {
    byte[] text = decode("hash", "a text", TEXT, input).getBytes(StandardCharsets.UTF_8);
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(text);
    return TEXT.encode(HexFormat.of().formatHex(digest));
  }

  private static long integer(String function, String unit, byte[] input, long max) {
    long number = decode(function, "an integer", INTEGER, input);
    if (number < 0 || number > max) {
      throw HandlerException.badInput(
          "%s takes 0 to %d %s, not %d".formatted(function, max, unit, number));
    }
    return number;
  }

  private static <T> T decode(String function, String wanted, Codec<T> codec, byte[] input) {
    try {
      @Nullable T value = codec.decode(input);
      if (value != null) {
        return value;
      }
    } catch (WireException otherwise) {
      throw HandlerException.badInput(
          "%s takes %s: %s".formatted(function, wanted, otherwise.getMessage()));
    }
    throw HandlerException.badInput("%s takes %s, not null".formatted(function, wanted));
  }
}
