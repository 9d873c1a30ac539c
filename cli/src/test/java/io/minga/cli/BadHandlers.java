package io.minga.cli;

import io.minga.node.handlers.Handler;
import io.minga.node.handlers.HandlerProvider;
import java.util.Map;

/** Functions that do what they should not; a test puts them into a handler jar. */
public final class BadHandlers implements HandlerProvider {
  private static final long DEAF_NANOS = 30_000_000_000L;

  @Override
  public Map<String, Handler> handlers() {
    Handler.Computing throwing =
        (call, input) -> {
          throw new IllegalStateException("no luck today");
        };
    Handler.Computing deaf =
        (call, input) -> {
          long until = System.nanoTime() + DEAF_NANOS;
          while (System.nanoTime() - until < 0) {
            Thread.onSpinWait();
            boolean interrupted = Thread.interrupted();
            if (interrupted) {
              Thread.yield();
            }
          }
          return input;
        };
    Handler.Computing noValue = (call, input) -> new byte[] {(byte) 0xff};
    return Map.of("throws", throwing, "deaf", deaf, "no.value", noValue);
  }
}
