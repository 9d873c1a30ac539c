package io.minga.node.handlers.runtime;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/** Virtual threads, where the JVM has them: from 21 on. Found at run time, for we build for 17. */
final class VirtualThreads {
  private static final int SINCE = 21;
  private static final @Nullable MethodHandle START = find();

  private VirtualThreads() {}

  private static @Nullable MethodHandle find() {
    if (Runtime.version().feature() < SINCE) {
      return null;
    }
    try {
      return MethodHandles.publicLookup()
          .findStatic(
              Thread.class,
              "startVirtualThread",
              MethodType.methodType(Thread.class, Runnable.class));
    } catch (ReflectiveOperationException absent) {
      return null;
    }
  }

  static boolean present() {
    return START != null;
  }

  /** Runs {@code body} on a virtual thread of its own. */
  static void start(Runnable body) {
    if (START == null) {
      throw new IllegalStateException("this JVM has no virtual threads");
    }
    try {
      Thread unused = (Thread) START.invokeExact(body);
    } catch (RuntimeException | Error thrown) {
      throw thrown;
    } catch (Throwable impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
