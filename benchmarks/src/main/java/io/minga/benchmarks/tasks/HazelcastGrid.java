package io.minga.benchmarks.tasks;

import com.hazelcast.cluster.Address;
import com.hazelcast.cluster.Member;
import com.hazelcast.config.Config;
import com.hazelcast.config.ExecutorConfig;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.config.SerializerConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.IExecutorService;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.StreamSerializer;
import io.minga.cli.bench.Flight;
import io.minga.cli.bench.NoOp;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A member of Hazelcast that holds no data, connected to one whose executor has a thread for each
 * core. Tasks go with a serializer of their own, without the class's name.
 */
final class HazelcastGrid implements Grid {
  private static final String EXECUTOR = "bench";
  private static final int FIRST_PORT = 5701;

  private final HazelcastInstance instance;
  private final IExecutorService executor;
  private final Member server;

  /** What is sent; both members know the class. */
  private record Sent(NoOp task, int argument) implements Callable<Integer> {
    @Override
    public Integer call() throws InterruptedException {
      return task.run(argument);
    }
  }

  private static final class SentSerializer implements StreamSerializer<Sent> {
    @Override
    public int getTypeId() {
      return 1;
    }

    @Override
    public void write(ObjectDataOutput out, Sent sent) throws IOException {
      out.writeBoolean(sent.task == NoOp.GATED);
      out.writeInt(sent.argument);
    }

    @Override
    public Sent read(ObjectDataInput in) throws IOException {
      return new Sent(in.readBoolean() ? NoOp.GATED : NoOp.ECHO, in.readInt());
    }
  }

  HazelcastGrid(String server) {
    Config config = config(server).setLiteMember(true);
    instance = Hazelcast.newHazelcastInstance(config);
    executor = instance.getExecutorService(EXECUTOR);
    this.server =
        instance.getCluster().getMembers().stream()
            .filter(member -> !member.localMember())
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("no member at " + server));
  }

  /** Starts the member that runs tasks. */
  static HazelcastInstance serve() {
    return Hazelcast.newHazelcastInstance(config(null));
  }

  /** Where others connect to {@code instance}. */
  static String address(HazelcastInstance instance) {
    Address address = instance.getCluster().getLocalMember().getAddress();
    return address.getHost() + ":" + address.getPort();
  }

  /** Who joins {@code known}, or nobody. */
  private static Config config(@Nullable String known) {
    Config config = new Config();
    config.setProperty("hazelcast.logging.type", "slf4j");
    config.setProperty("hazelcast.phone.home.enabled", "false");
    config.setProperty("hazelcast.socket.bind.any", "false");
    config.setProperty("hazelcast.shutdownhook.enabled", "false");
    NetworkConfig network = config.getNetworkConfig();
    network.setPort(FIRST_PORT).setPortAutoIncrement(true);
    network.getInterfaces().setEnabled(true).addInterface("127.0.0.1");
    JoinConfig join = network.getJoin();
    join.getAutoDetectionConfig().setEnabled(false);
    join.getMulticastConfig().setEnabled(false);
    join.getTcpIpConfig().setEnabled(true);
    if (known != null) {
      join.getTcpIpConfig().addMember(known);
    }
    config
        .getSerializationConfig()
        .addSerializerConfig(
            new SerializerConfig()
                .setTypeClass(Sent.class)
                .setImplementation(new SentSerializer()));
    config.addExecutorConfig(
        new ExecutorConfig(EXECUTOR)
            .setPoolSize(Runtime.getRuntime().availableProcessors())
            .setStatisticsEnabled(false));
    return config;
  }

  @Override
  public CompletableFuture<Integer> call(NoOp task, int argument) {
    Future<Integer> future = executor.submitToMember(new Sent(task, argument), server);
    return (CompletableFuture<Integer>) future;
  }

  /** It has nothing for many tasks at once but to have many under way. */
  @Override
  public Stream<Integer> job(NoOp task, int count) {
    Flight flight = new Flight(argument -> call(task, argument));
    for (int i = 0; i < count; i++) {
      flight.call(i);
    }
    flight.settle();
    return IntStream.range(0, count).boxed(); // each is what it should be, as flights see to
  }

  @Override
  public void close() {
    instance.getLifecycleService().terminate();
  }
}
