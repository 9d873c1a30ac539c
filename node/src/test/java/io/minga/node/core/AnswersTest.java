package io.minga.node.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.node.task.WorkFrame;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When a push is answered: a frame by itself is one more time that its reader is woken. */
final class AnswersTest {
  private static final long MILLION = 1_000_000;

  private final Village village = new Village(11);
  private final House submitter = village.add(0, 1);
  private final House worker = village.add(1, 1, Village.WORK);
  private final List<Said> said = new ArrayList<>();

  /** When the worker wrote a frame of which kind. */
  private record Said(long atNanos, Class<?> frame) {}

  @BeforeEach
  void connect() {
    village.meet(500);
  }

  private void know(int micros) {
    for (int i = 0; i < 20; i++) {
      List<Call> calls = submitter.submit(Village.WORK, 1, micros, false);
      assertThat(village.passUntilDone(calls, 5_000)).isTrue();
    }
    village.pass(100);
  }

  private void listen() {
    village.watcher =
        (house, effect) -> {
          if (house == worker && effect instanceof Effect.Send send) {
            said.add(new Said(village.nowNanos, Frames.read(send).getClass()));
          }
        };
  }

  @Test
  void pushOfWhatIsShort_isAnsweredWithItsOutcome() {
    know(10);
    listen();

    List<Call> calls = submitter.submit(Village.WORK, 1, 10, false);

    assertThat(village.passUntilDone(calls, 1_000)).isTrue();
    assertThat(said)
        .extracting(Said::frame)
        .containsExactly(WorkFrame.Taken.class, WorkFrame.Results.class);
    assertThat(said).extracting(Said::atNanos).containsOnly(said.get(0).atNanos);
  }

  @Test
  void pushOfWhatLasts_isAnsweredAtOnce() {
    know(10_000);
    listen();

    List<Call> calls = submitter.submit(Village.WORK, 1, 10_000, false);

    assertThat(village.passUntilDone(calls, 1_000)).isTrue();
    assertThat(said)
        .extracting(Said::frame)
        .containsExactly(WorkFrame.Taken.class, WorkFrame.Results.class);
    assertThat(said.get(1).atNanos - said.get(0).atNanos).isPositive();
  }

  @Test
  void pushOfWhatLastsUnexpectedly_isAnsweredSoon() {
    know(10);
    worker.slots.slowness = 100_000;
    listen();
    long pushed = village.nowNanos;

    List<Call> calls = submitter.submit(Village.WORK, 1, 10, false);

    assertThat(village.passUntilDone(calls, 10_000)).isTrue();
    assertThat(said.get(0).frame).isEqualTo(WorkFrame.Taken.class);
    assertThat(said.get(0).atNanos - pushed).isBetween(5 * MILLION, 12 * MILLION);
    assertThat(said.get(1).atNanos - said.get(0).atNanos).isGreaterThan(50 * MILLION);
  }

  @Test
  void answerThatWaits_isNotSaidOverTheNextConnection() {
    know(10);
    worker.slots.slowness = 100_000;
    village.watcher =
        (house, effect) -> {
          if (house == worker && effect instanceof Effect.Run) {
            village.at(village.nowNanos, this::reconnect);
          }
        };

    List<Call> calls = submitter.submit(Village.WORK, 1, 10, false);

    assertThat(village.passUntilDone(calls, 10_000)).isTrue();
    assertThat(said.get(0).frame).isEqualTo(WorkFrame.Hello.class);
    assertThat(said)
        .extracting(Said::frame)
        .containsOnlyOnce(WorkFrame.Taken.class)
        .containsOnlyOnce(WorkFrame.Results.class);
  }

  private void reconnect() {
    listen();
    village.roads.disconnect(worker, submitter);
    village.in(2, () -> village.roads.connect(worker, submitter));
  }
}
