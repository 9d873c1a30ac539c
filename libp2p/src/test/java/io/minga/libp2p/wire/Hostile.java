package io.minga.libp2p.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A fuzzer for decoders: it mutates good inputs and holds the decoder to what every decoder
 * promises. Only {@link WireException} may be thrown, and decoding allocates at most eight bytes a
 * byte of input plus 64 KiB.
 */
public final class Hostile {
  private static final int INPUTS_DEFAULT = 20_000;
  private static final int INPUT_BYTES_MAX = 64 * 1024;
  private static final int ALLOCATION_FACTOR = 8;
  private static final int ALLOCATION_SLACK_BYTES = 64 * 1024;
  private static final int WARM_UP_ROUNDS = 50;
  private static final int TRUNCATIONS_MAX = 4096;

  /** Lengths and counts that decoders have been known to believe, as varints and as integers. */
  private static final List<byte[]> LENGTHS =
      List.of(
          hex("00"),
          hex("7f"),
          hex("8000"), // zero, not in its shortest form
          hex("8001"),
          hex("ff7f"),
          hex("808004"), // 64 KiB
          hex("808040"), // 1 MiB
          hex("ffffffff07"), // the largest int
          hex("8080808008"), // one more
          hex("ffffffff0f"), // the largest u32
          hex("ffffffffffffffff7f"), // the largest long
          hex("ffffffffffffffffff01"), // the largest u64
          hex("ffffffffffffffffffffff"),
          hex("ffff"),
          hex("00000000"),
          hex("7fffffff"),
          hex("80000000"),
          hex("ffffffff"));

  private Hostile() {}

  /** What is under test: it decodes all of {@code input}, or says why not. */
  @FunctionalInterface
  public interface Decoder {
    /**
     * Decodes {@code input}, which it may keep but not change. Assertions of its own, such as that
     * what was decoded encodes to the same bytes, fail the run as any other exception does.
     */
    @Nullable Object decode(byte[] input) throws WireException;
  }

  /** How many inputs a run has: 20,000, or what {@code -Dfuzz.inputs=} says. */
  public static int inputs() {
    return Integer.getInteger("fuzz.inputs", INPUTS_DEFAULT);
  }

  /**
   * {@link #fuzz(long, int, List, Decoder)} with {@link #inputs()}, and the seed of {@code -Dseed=}
   * if there is one.
   */
  public static void fuzz(long seed, List<byte[]> corpus, Decoder decoder) {
    fuzz(Long.getLong("seed", seed), inputs(), corpus, decoder);
  }

  /**
   * Feeds {@code decoder} the corpus, every truncation of it, and {@code inputs} mutations of it.
   *
   * @param seed where the mutations come from; the same seed gives the same inputs
   * @param corpus inputs of which at least one is good, or the run would show nothing
   */
  public static void fuzz(long seed, int inputs, List<byte[]> corpus, Decoder decoder) {
    new Run(seed, decoder).fuzz(inputs, corpus);
  }

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }

  private static final class Run {
    private final long seed;
    private final Decoder decoder;
    private final Random random;
    private final ThreadMXBean threads = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);

    private String lastRefusal = "none is refused";

    Run(long seed, Decoder decoder) {
      this.seed = seed;
      this.decoder = decoder;
      this.random = new Random(seed);
    }

    void fuzz(int inputs, List<byte[]> corpus) {
      long good = corpus.stream().filter(input -> accepts(input, "corpus")).count();
      assertThat(good).as("inputs of the corpus that decode; " + lastRefusal).isPositive();
      for (int round = 0; round < WARM_UP_ROUNDS; round++) {
        for (byte[] input : corpus) {
          accepts(input, "corpus");
        }
      }
      for (byte[] input : corpus) {
        int step = 1 + input.length / TRUNCATIONS_MAX;
        for (int length = 0; length <= input.length; length += step) {
          check(Arrays.copyOf(input, length), "truncation to " + length + " bytes");
        }
      }
      for (int i = 0; i < inputs; i++) {
        check(mutate(corpus), "mutation " + i);
      }
    }

    /** Runs the decoder once and measures; what it allocates only the first time is forgiven. */
    private void check(byte[] input, String what) {
      long limit = (long) ALLOCATION_FACTOR * input.length + ALLOCATION_SLACK_BYTES;
      long allocated = Long.MAX_VALUE;
      for (int attempt = 0; attempt < 3 && allocated > limit; attempt++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        accepts(input, what);
        allocated = threads.getCurrentThreadAllocatedBytes() - before;
      }
      if (allocated > limit) {
        throw new AssertionError(
            "decoding allocated " + allocated + " B, over " + limit + " B" + describe(input, what));
      }
    }

    private boolean accepts(byte[] input, String what) {
      try {
        decoder.decode(input);
        return true;
      } catch (WireException refused) {
        if (refused.getMessage().isBlank()) {
          throw new AssertionError("the refusal has no message" + describe(input, what), refused);
        }
        lastRefusal = "the last is refused with: " + refused.getMessage();
        return false;
      } catch (Throwable thrown) {
        throw new AssertionError(
            "the decoder threw " + thrown + describe(input, what) + ", -Dseed=" + seed, thrown);
      }
    }

    private String describe(byte[] input, String what) {
      String shown = HexFormat.of().formatHex(input, 0, Math.min(input.length, 4096));
      return " (seed " + seed + ", " + what + ", " + input.length + " B: " + shown + ")";
    }

    private byte[] mutate(List<byte[]> corpus) {
      byte[] input =
          random.nextInt(50) == 0 ? randomBytes(random.nextInt(256)) : pick(corpus).clone();
      for (int n = 1 + random.nextInt(4); n > 0; n--) {
        input = mutateOnce(input, corpus);
      }
      return input.length <= INPUT_BYTES_MAX ? input : Arrays.copyOf(input, INPUT_BYTES_MAX);
    }

    private byte[] mutateOnce(byte[] input, List<byte[]> corpus) {
      int at = random.nextInt(input.length + 1);
      int rest = input.length - at;
      return switch (random.nextInt(9)) {
        case 0 -> flipBit(input, at);
        case 1 -> replace(input, at, Math.min(1, rest), randomBytes(1));
        case 2 -> Arrays.copyOf(input, at);
        case 3 -> replace(input, at, 0, randomBytes(1 + random.nextInt(8)));
        case 4 -> replace(input, at, random.nextInt(Math.min(rest, 16) + 1), new byte[0]);
        case 5 -> replace(input, at, 0, slice(input)); // duplicate
        case 6 -> replace(input, at, rest, slice(pick(corpus))); // splice
        case 7 -> replace(input, at, 0, pick(LENGTHS));
        default -> {
          byte[] length = pick(LENGTHS);
          int over = random.nextBoolean() ? 1 : length.length;
          yield replace(input, at, Math.min(over, rest), length);
        }
      };
    }

    private byte[] flipBit(byte[] input, int at) {
      byte[] flipped = input.clone();
      if (at < flipped.length) {
        flipped[at] ^= (byte) (1 << random.nextInt(8));
      }
      return flipped;
    }

    private byte[] slice(byte[] input) {
      int from = random.nextInt(input.length + 1);
      return Arrays.copyOfRange(input, from, from + random.nextInt(input.length - from + 1));
    }

    private byte[] randomBytes(int length) {
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);
      return bytes;
    }

    private byte[] pick(List<byte[]> choices) {
      return choices.get(random.nextInt(choices.size()));
    }

    /** {@code input} with {@code count} bytes from {@code at} replaced. */
    private static byte[] replace(byte[] input, int at, int count, byte[] replacement) {
      byte[] result = new byte[input.length - count + replacement.length];
      System.arraycopy(input, 0, result, 0, at);
      System.arraycopy(replacement, 0, result, at, replacement.length);
      int tail = input.length - at - count;
      System.arraycopy(input, at + count, result, at + replacement.length, tail);
      return result;
    }
  }
}
