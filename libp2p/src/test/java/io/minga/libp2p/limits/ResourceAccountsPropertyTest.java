package io.minga.libp2p.limits;

import static io.minga.libp2p.peers.NumberedPeers.peer;
import static org.assertj.core.api.Assertions.assertThat;

import io.minga.libp2p.connections.Direction;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.Seeds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random histories, next to a model that counts by looking at every lease. */
final class ResourceAccountsPropertyTest {
  private static final List<String> PROTOCOLS = List.of("/x/1", "/y/1");
  private static final int PEERS = 4;

  private static final HostLimits LIMITS =
      new HostLimits(
          new ScopeLimits(8, 5, 20, 12, 1000),
          new ScopeLimits(4, 3, 6, 4, 300),
          new ScopeLimits(3, 2, 8, 6, 400),
          new ScopeLimits(0, 0, 4, 3, 200),
          Duration.ofSeconds(5),
          Duration.ofSeconds(10));

  static LongStream seeds() {
    return Seeds.seeds(200);
  }

  private static final class Held {
    final Direction direction;
    final @Nullable ConnectionLease connection;
    final @Nullable StreamLease stream;
    @Nullable PeerId peer;
    @Nullable String protocol;
    long memory;

    Held(
        Direction direction,
        @Nullable ConnectionLease connection,
        @Nullable StreamLease stream,
        @Nullable PeerId peer) {
      this.direction = direction;
      this.connection = connection;
      this.stream = stream;
      this.peer = peer;
    }

    boolean isPending() {
      return stream == null ? peer == null : protocol == null;
    }
  }

  /** One history: what was granted is kept here and recounted after every step. */
  private static final class History {
    final Random random;
    final ResourceAccounts accounts;
    final List<Held> held = new ArrayList<>();
    int refusals;

    History(long seed, ResourceAccounts accounts) {
      this.random = new Random(seed);
      this.accounts = accounts;
    }

    void step() {
      Direction direction = random.nextBoolean() ? Direction.INBOUND : Direction.OUTBOUND;
      Held one = held.isEmpty() ? null : held.get(random.nextInt(held.size()));
      int action = random.nextInt(10);
      if (one == null || action < 2) {
        openConnection(direction);
      } else if (action < 3) {
        close(one);
      } else if (action < 5) {
        memory(one);
      } else if (one.connection != null) {
        useConnection(one, one.connection, direction);
      } else if (one.stream != null && one.protocol == null) {
        String protocol = PROTOCOLS.get(random.nextInt(PROTOCOLS.size()));
        if (one.stream.streamProtocol(protocol).isEmpty()) {
          one.protocol = protocol;
        } else {
          refusals++;
        }
      }
    }

    private void openConnection(Direction direction) {
      if (accounts.tryOpenConnection(direction) instanceof ConnectionLease lease) {
        held.add(new Held(direction, lease, null, null));
      } else {
        refusals++;
      }
    }

    private void useConnection(Held one, ConnectionLease lease, Direction direction) {
      if (one.peer == null) {
        PeerId peer = peer(random.nextInt(PEERS));
        if (lease.authenticated(peer).isEmpty()) {
          one.peer = peer;
        } else {
          refusals++;
        }
        return;
      }
      String protocol =
          random.nextBoolean() ? null : PROTOCOLS.get(random.nextInt(PROTOCOLS.size()));
      StreamAdmission admission =
          protocol == null
              ? lease.tryOpenStream(direction)
              : lease.tryOpenStream(direction, protocol);
      if (admission instanceof StreamLease stream) {
        Held opened = new Held(direction, null, stream, one.peer);
        opened.protocol = protocol;
        held.add(opened);
      } else {
        refusals++;
      }
    }

    private void memory(Held one) {
      if (one.memory > 0 && random.nextBoolean()) {
        long released = random.nextLong(one.memory + 1);
        if (one.stream != null) {
          one.stream.releaseMemory(released);
        } else if (one.connection != null) {
          one.connection.releaseMemory(released);
        }
        one.memory -= released;
        return;
      }
      long wanted = random.nextInt(150);
      boolean granted =
          one.stream != null
              ? one.stream.tryReserveMemory(wanted).isEmpty()
              : one.connection != null && one.connection.tryReserveMemory(wanted).isEmpty();
      if (granted) {
        one.memory += wanted;
      } else {
        refusals++;
      }
    }

    private void close(Held one) {
      if (one.stream != null) {
        one.stream.close();
      } else if (one.connection != null) {
        one.connection.close();
      }
      held.remove(one);
    }

    void closeAll() {
      List.copyOf(held).forEach(this::close);
    }
  }

  private static Map<Scope, ResourceUse> recount(List<Held> held) {
    Map<Scope, ResourceUse> uses = new LinkedHashMap<>();
    for (Held one : held) {
      List<Scope> scopes = new ArrayList<>(List.of(new Scope.Host()));
      if (one.isPending()) {
        scopes.add(new Scope.Pending());
      }
      if (one.peer != null) {
        scopes.add(new Scope.Peer(one.peer));
        if (one.stream != null && one.protocol == null) {
          scopes.add(new Scope.PeerPending(one.peer));
        } else if (one.protocol != null) {
          scopes.add(new Scope.PeerProtocol(one.peer, one.protocol));
        }
      }
      int stream = one.stream != null ? 1 : 0;
      int inbound = one.direction == Direction.INBOUND ? 1 : 0;
      for (Scope scope : scopes) {
        ResourceUse use = uses.getOrDefault(scope, ResourceUse.NONE);
        uses.put(
            scope,
            new ResourceUse(
                use.connections() + 1 - stream,
                use.connectionsInbound() + (1 - stream) * inbound,
                use.streams() + stream,
                use.streamsInbound() + stream * inbound,
                // Its memory counts with the host's pending streams only.
                use.memoryBytes() + (scope instanceof Scope.PeerPending ? 0 : one.memory)));
      }
    }
    return uses;
  }

  private static List<Scope> allScopes() {
    List<Scope> scopes = new ArrayList<>(List.of(new Scope.Host(), new Scope.Pending()));
    for (int i = 0; i < PEERS; i++) {
      scopes.add(new Scope.Peer(peer(i)));
      scopes.add(new Scope.PeerPending(peer(i)));
      for (String protocol : PROTOCOLS) {
        scopes.add(new Scope.PeerProtocol(peer(i), protocol));
      }
    }
    return scopes;
  }

  private static void assertWithin(ResourceUse use, ScopeLimits limits, Scope scope) {
    assertThat(use.connections()).as("connections %s", scope).isBetween(0, limits.connections());
    assertThat(use.connectionsInbound()).isBetween(0, limits.connectionsInbound());
    assertThat(use.streams()).as("streams %s", scope).isBetween(0, limits.streams());
    assertThat(use.streamsInbound()).isBetween(0, limits.streamsInbound());
    assertThat(use.memoryBytes()).as("memory %s", scope).isBetween(0L, limits.memoryBytes());
  }

  private static ScopeLimits limitsOf(Scope scope) {
    if (scope instanceof Scope.Host) {
      return LIMITS.system();
    } else if (scope instanceof Scope.Pending) {
      return LIMITS.pending();
    } else if (scope instanceof Scope.PeerPending) {
      return LIMITS.pendingOfPeer();
    }
    return scope instanceof Scope.Peer ? LIMITS.peer() : LIMITS.peerProtocol();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void history_random_countsAsTheModelAndStaysWithinLimits(long seed) {
    ResourceAccounts accounts = new ResourceAccounts(LIMITS);
    History history = new History(seed, accounts);
    for (int step = 0; step < 500; step++) {
      history.step();
      Map<Scope, ResourceUse> expected = recount(history.held);
      for (Scope scope : allScopes()) {
        ResourceUse use = accounts.use(scope);
        assertThat(use)
            .as("seed %d, step %d, %s", seed, step, scope)
            .isEqualTo(expected.getOrDefault(scope, ResourceUse.NONE));
        assertWithin(use, limitsOf(scope), scope);
      }
    }
    assertThat(history.refusals).as("refusals, or the limits were never met").isPositive();
    history.closeAll();
    for (Scope scope : allScopes()) {
      assertThat(accounts.use(scope)).isEqualTo(ResourceUse.NONE);
    }
    assertThat(accounts.peerCount()).isZero();
  }

  @Test
  void histories_ofSeveralThreads_leakNothing() throws Exception {
    ResourceAccounts accounts = new ResourceAccounts(LIMITS);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Callable<Boolean>> runs = new ArrayList<>();
      for (long seed = 1; seed <= 4; seed++) {
        History history = new History(seed, accounts);
        runs.add(
            () -> {
              for (int step = 0; step < 50_000; step++) {
                history.step();
              }
              history.closeAll();
              return true;
            });
      }
      for (Future<Boolean> run : threads.invokeAll(runs)) {
        assertThat(run.get()).isTrue();
      }
    } finally {
      threads.shutdown();
    }
    assertThat(accounts.use(new Scope.Host())).isEqualTo(ResourceUse.NONE);
    assertThat(accounts.use(new Scope.Pending())).isEqualTo(ResourceUse.NONE);
    assertThat(accounts.peerCount()).isZero();
  }
}
