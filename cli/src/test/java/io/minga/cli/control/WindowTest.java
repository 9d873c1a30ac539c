package io.minga.cli.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class WindowTest {
  private final Window window = new Window(1000, 1 << 20);
  private final Thread caller =
      new Thread(
          () -> {
            try {
              while (true) {
                window.enter(1);
              }
            } catch (InterruptedException e) {
              // The test is over.
            }
          });

  @AfterEach
  void stop() throws Exception {
    caller.interrupt();
    caller.join();
  }

  @Test
  void window_beginsSmall_andOpensWhenSmallResultsCame() {
    caller.start();
    await().until(() -> caller.getState() == Thread.State.WAITING);
    assertThat(window.open()).isEqualTo(256);

    for (int i = 0; i < 256; i++) {
      window.came(24);
    }

    await().until(() -> window.open() == 1000);
  }

  @Test
  void window_isWideEnoughForAllSlots() {
    window.follow(100);
    caller.start();
    await().until(() -> caller.getState() == Thread.State.WAITING);
    assertThat(window.open()).isEqualTo(256);

    window.follow(400);

    await().until(() -> window.open() == 800);
    for (int i = 0; i < 800; i++) {
      window.came(24);
    }
    await().until(() -> window.open() == (1 << 20) / (24 + 1024));
  }

  @Test
  void window_narrowsWithTheLargestResult() throws Exception {
    for (int i = 0; i < 256; i++) {
      window.came(24);
    }
    window.came(99 << 10);

    caller.start();

    await().until(() -> caller.getState() == Thread.State.WAITING);
    assertThat(window.open()).isEqualTo((1 << 20) / (100 << 10));
  }

  @Test
  void whatIsTooHeavy_hasTheWindowForItself() throws Exception {
    window.enter(5000);

    caller.start();

    await().until(() -> caller.getState() == Thread.State.WAITING);
    assertThat(window.open()).isEqualTo(5000);
    window.leave(5000);
    await().until(() -> window.open() > 0);
  }
}
