package io.minga.benchmarks.journal;

import com.hazelcast.config.Config;
import com.hazelcast.config.DurableExecutorConfig;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.SerializerConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.durableexecutor.DurableExecutorService;
import com.hazelcast.durableexecutor.DurableExecutorServiceFuture;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.StreamSerializer;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Callable;

/**
 * Hazelcast's durable executor on one member, without a backup: what it acknowledges is in that
 * member's memory, and is run there. A task counts when its result is there, and is disposed of.
 */
final class HazelcastStore extends Store {
  private static final String EXECUTOR = "bench";
  private static final int CAPACITY = 100_000;
  private static final int AHEAD = 10_000;

  private final HazelcastInstance instance;
  private final DurableExecutorService executor;

  /** Gives back its argument. */
  private record Same(int argument) implements Callable<Integer> {
    @Override
    public Integer call() {
      return argument;
    }
  }

  private static final class SameSerializer implements StreamSerializer<Same> {
    @Override
    public int getTypeId() {
      return 1;
    }

    @Override
    public void write(ObjectDataOutput out, Same same) throws IOException {
      out.writeInt(same.argument);
    }

    @Override
    public Same read(ObjectDataInput in) throws IOException {
      return new Same(in.readInt());
    }
  }

  HazelcastStore(Scale scale) {
    super(scale);
    Config config = new Config();
    config.setProperty("hazelcast.logging.type", "slf4j");
    config.setProperty("hazelcast.phone.home.enabled", "false");
    config.setProperty("hazelcast.socket.bind.any", "false");
    config.setProperty("hazelcast.shutdownhook.enabled", "false");
    config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface("127.0.0.1");
    JoinConfig join = config.getNetworkConfig().getJoin();
    join.getAutoDetectionConfig().setEnabled(false);
    join.getMulticastConfig().setEnabled(false);
    config
        .getSerializationConfig()
        .addSerializerConfig(
            new SerializerConfig()
                .setTypeClass(Same.class)
                .setImplementation(new SameSerializer()));
    config.addDurableExecutorConfig(
        new DurableExecutorConfig(EXECUTOR)
            .setCapacity(CAPACITY)
            .setDurability(0)
            .setPoolSize(Runtime.getRuntime().availableProcessors()));
    instance = Hazelcast.newHazelcastInstance(config);
    executor = instance.getDurableExecutorService(EXECUTOR);
  }

  @Override
  public String title() {
    return "Hazelcast 5.7 durable executor, in memory";
  }

  @Override
  public boolean isOurs() {
    return false;
  }

  @Override
  void begin() {}

  @Override
  double job() throws Exception {
    Deque<DurableExecutorServiceFuture<Integer>> ahead = new ArrayDeque<>();
    long startNanos = System.nanoTime();
    int tasks = scale.jobTasks() / 10; // a tenth is enough to tell the rate
    for (int i = 0; i < tasks; i++) {
      ahead.add(executor.submit(new Same(i)));
      if (ahead.size() > AHEAD) {
        dispose(ahead.remove());
      }
    }
    double rate = tasks * 1e9 / (System.nanoTime() - startNanos);
    while (!ahead.isEmpty()) {
      dispose(ahead.remove());
    }
    return rate;
  }

  private void dispose(DurableExecutorServiceFuture<Integer> future) throws Exception {
    future.get();
    executor.disposeResult(future.getTaskId());
  }

  @Override
  Given give(int number) {
    DurableExecutorServiceFuture<Integer> future = executor.submit(new Same(number));
    return () -> dispose(future);
  }

  /** Nothing of it survives the end of its process. */
  @Override
  double recover() {
    return Double.NaN;
  }

  @Override
  public void close() {
    instance.getLifecycleService().terminate();
  }
}
