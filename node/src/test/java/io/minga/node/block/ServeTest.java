package io.minga.node.block;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.libp2p.wire.Bytes;
import io.minga.node.task.BlockFrame;
import io.minga.node.task.TaskCid;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A stream on which blocks are served. */
final class ServeTest {
  private static final BlockOptions OPTIONS = FetchWorld.OPTIONS;
  private static final long QUIET = 2 * OPTIONS.stall().toNanos();

  static LongStream seeds() {
    Long one = Long.getLong("seed");
    return one != null ? LongStream.of(one) : LongStream.rangeClosed(1, 50);
  }

  private static BlockFrame.Get get(int number, long offset) {
    return new BlockFrame.Get(TaskCid.ofContent(Bytes.of(number)), offset);
  }

  /** A stream that takes what it likes, and what was sent over it. */
  private static final class Line {
    final SplittableRandom random;
    final Serve serve = new Serve(0, OPTIONS);
    final List<String> sent = new ArrayList<>();
    final Deque<ServeInput> late = new ArrayDeque<>();
    int held;
    boolean ended;
    boolean reset;

    Line(long seed) {
      random = new SplittableRandom(seed);
    }

    /** Even numbers are here, of ten times their size; some are found later. */
    void tell(long nowNanos, ServeInput input) {
      Deque<ServeInput> inputs = new ArrayDeque<>(List.of(input));
      for (ServeInput next = inputs.poll(); next != null; next = inputs.poll()) {
        for (ServeEffect effect : serve.handle(nowNanos, next)) {
          perform(effect, inputs);
        }
      }
    }

    private void perform(ServeEffect effect, Deque<ServeInput> inputs) {
      if (effect instanceof ServeEffect.Find it) {
        int number = number(it);
        ServeInput answer =
            number % 2 == 0 ? new ServeInput.Found(10 * number) : new ServeInput.NotFound();
        (random.nextBoolean() ? inputs : late).add(answer);
        held += number % 2 == 0 ? 1 : 0;
      } else if (effect instanceof ServeEffect.Send it) {
        sent.add(it.frame().toString());
      } else if (effect instanceof ServeEffect.SendChunks it) {
        assertThat(held).isEqualTo(1);
        int to = Math.min(it.sizeBytes(), it.offset() + random.nextInt(8));
        for (int at = it.offset(); at < to; at++) {
          sent.add("byte " + at);
        }
        inputs.add(new ServeInput.Sent(to));
      } else if (effect instanceof ServeEffect.Release) {
        held--;
      } else if (effect instanceof ServeEffect.CloseWrite) {
        ended = true;
      } else if (effect instanceof ServeEffect.Reset) {
        reset = true;
      }
    }

    private static int number(ServeEffect.Find find) {
      for (int i = 0; i < 256; i++) {
        if (TaskCid.ofContent(Bytes.of(i)).equals(find.cid())) {
          return i;
        }
      }
      throw new AssertionError(find);
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void requests_areAnsweredInOrder_howeverTheStreamTakesThem(long seed) {
    Line line = new Line(seed);
    SplittableRandom random = new SplittableRandom(seed);
    List<String> right = new ArrayList<>();
    long now = 0;
    for (int i = 0; i < 20; i++) {
      int number = random.nextInt(12);
      int offset = random.nextInt(60);
      answer(number, offset, right);
      line.tell(now, new ServeInput.Asked(get(number, offset)));
      for (int steps = 0; line.sent.size() < right.size(); steps++) {
        assertThat(steps).isLessThan(10_000);
        now += random.nextLong(QUIET / 4);
        ServeInput found = line.late.poll();
        if (found != null) {
          line.tell(now, found);
        }
        line.tell(now, new ServeInput.Writable());
        line.tell(now, new ServeInput.Tick());
      }
    }
    line.tell(now, new ServeInput.NoMore());
    assertThat(line.sent).isEqualTo(right);
    assertThat(line.held).isZero();
    assertThat(line.ended).isTrue();
    assertThat(line.reset).isFalse();
  }

  private static void answer(int number, int offset, List<String> right) {
    if (number % 2 != 0 || offset > 10 * number) {
      right.add(new BlockFrame.Missing().toString());
      return;
    }
    right.add(new BlockFrame.Header(10L * number).toString());
    for (int at = offset; at < 10 * number; at++) {
      right.add("byte " + at);
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void whateverHappens_whatIsHeldIsLetGo(long seed) {
    Line line = new Line(seed);
    SplittableRandom random = new SplittableRandom(seed);
    long now = 0;
    for (int step = 0; step < 60; step++) {
      now += random.nextLong(QUIET / 2);
      ServeInput found = random.nextBoolean() ? line.late.poll() : null;
      line.tell(now, found != null ? found : drawn(random));
      assertThat(line.held).isBetween(0, 1);
    }
    line.tell(now, new ServeInput.Closed());
    for (ServeInput found = line.late.poll(); found != null; found = line.late.poll()) {
      line.tell(now, found);
    }
    assertThat(line.held).isZero();
    assertThat(line.serve.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
  }

  private static ServeInput drawn(SplittableRandom random) {
    return switch (random.nextInt(30)) {
      case 0 -> new ServeInput.Broken();
      case 1 -> new ServeInput.Closed();
      case 2, 3, 4, 5, 6, 7, 8, 9 ->
          new ServeInput.Asked(get(random.nextInt(12), random.nextInt(60)));
      case 10, 11, 12 -> new ServeInput.Tick();
      default -> new ServeInput.Writable();
    };
  }

  @Test
  void tooManyRequests_endTheStream() {
    Serve serve = new Serve(0, OPTIONS);
    List<ServeEffect> effects = new ArrayList<>();
    for (int i = 0; i <= OPTIONS.askedMax() + 1; i++) {
      assertThat(effects).doesNotContain(new ServeEffect.Reset());
      effects.addAll(serve.handle(0, new ServeInput.Asked(get(i, 0))));
    }
    assertThat(effects).contains(new ServeEffect.Reset());
  }

  @Test
  void streamOnWhichNothingMoves_ends() {
    Serve serve = new Serve(0, OPTIONS);
    serve.handle(1, new ServeInput.Asked(get(2, 0)));
    serve.handle(2, new ServeInput.Found(20));
    serve.handle(3, new ServeInput.Sent(5));
    assertThat(serve.nextDeadlineNanos()).isEqualTo(QUIET);
    assertThat(serve.handle(QUIET, new ServeInput.Tick())).isEmpty();
    serve.handle(QUIET + 1, new ServeInput.Writable());
    serve.handle(QUIET + 1, new ServeInput.Sent(5));
    assertThat(serve.handle(2 * QUIET, new ServeInput.Tick()))
        .containsExactly(new ServeEffect.Release(), new ServeEffect.Reset());
  }
}
