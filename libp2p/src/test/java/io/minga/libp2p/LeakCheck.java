package io.minga.libp2p;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import io.netty.util.ResourceLeakTracker;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails every test class, of the whole run, after which Netty reports a leak: something pooled that
 * became garbage before it was released. Found by the services file of JUnit, so no test has to
 * name it; the level of detection is that of {@code -Dio.netty.leakDetection.level}.
 */
public final class LeakCheck implements BeforeAllCallback, AfterAllCallback {
  private static final long COLLECTION_MILLIS_MAX = 5_000;

  private static final List<Recorder<?>> RECORDERS = new CopyOnWriteArrayList<>();
  private static final Queue<String> LEAKS = new ConcurrentLinkedQueue<>();
  private static volatile boolean tracking;

  static {
    // Before any class of Netty makes its detector, which it then keeps.
    ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new Recorders());
  }

  @Override
  public void beforeAll(ExtensionContext context) {}

  @Override
  public void afterAll(ExtensionContext context) throws InterruptedException {
    List<String> leaks = takeLeaks();
    if (!leaks.isEmpty()) {
      throw new AssertionError(
          "leaked in " + context.getDisplayName() + " or before it: " + String.join("\n", leaks));
    }
  }

  /** Collects garbage, and returns what was found leaked since the last call. */
  static List<String> takeLeaks() throws InterruptedException {
    if (tracking) {
      tracking = false;
      collectGarbage();
      RECORDERS.forEach(Recorder::report);
      tracking = false;
    }
    List<String> leaks = new ArrayList<>();
    for (String leak; (leak = LEAKS.poll()) != null; ) {
      leaks.add(leak);
    }
    return leaks;
  }

  /** Returns once a collection has found and queued what was unreachable before. */
  private static void collectGarbage() throws InterruptedException {
    ReferenceQueue<Object> queue = new ReferenceQueue<>();
    WeakReference<Object> marker = new WeakReference<>(new Object(), queue);
    System.gc();
    if (queue.remove(COLLECTION_MILLIS_MAX) != marker) {
      throw new AssertionError("System.gc() collects nothing: leaks can't be found");
    }
  }

  private static final class Recorders extends ResourceLeakDetectorFactory {
    @Override
    public <T> ResourceLeakDetector<T> newResourceLeakDetector(
        Class<T> resource, int samplingInterval) {
      Recorder<T> recorder = new Recorder<>(resource, samplingInterval);
      RECORDERS.add(recorder);
      return recorder;
    }

    @Override
    @Deprecated
    public <T> ResourceLeakDetector<T> newResourceLeakDetector(
        Class<T> resource, int samplingInterval, long maxActive) {
      throw new UnsupportedOperationException("Netty has not called this for years");
    }
  }

  private static final class Recorder<T> extends ResourceLeakDetector<T> {
    Recorder(Class<T> resource, int samplingInterval) {
      super(resource, samplingInterval);
    }

    @Override
    public ResourceLeakTracker<T> track(T resource) {
      tracking = true;
      return super.track(resource);
    }

    @Override
    public ResourceLeakTracker<T> trackForcibly(T resource) {
      tracking = true;
      return super.trackForcibly(resource);
    }

    @Override
    protected boolean needReport() {
      return true;
    }

    @Override
    protected void reportTracedLeak(String resourceType, String records) {
      LEAKS.add(resourceType + records);
    }

    @Override
    protected void reportUntracedLeak(String resourceType) {
      LEAKS.add(resourceType);
    }

    /** A detector reports what was collected when it is next given something to track. */
    @SuppressWarnings("unchecked")
    void report() {
      Object stand = new Object();
      T resource = (T) stand;
      trackForcibly(resource).close(resource);
    }
  }
}
