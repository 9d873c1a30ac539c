package io.minga.libp2p.connections;

import static io.minga.libp2p.peers.NumberedPeers.peer;
import static org.assertj.core.api.Assertions.assertThat;

import io.minga.libp2p.connections.DialQueue.Effect;
import io.minga.libp2p.connections.DialQueue.Input;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.wire.Seeds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random histories over virtual time, with a shell that answers, fails, or says nothing. */
final class DialQueuePropertyTest {
  private static final DialOptions OPTIONS =
      new DialOptions(
          5,
          2,
          4,
          6,
          12,
          10,
          Duration.ofSeconds(5),
          Duration.ofSeconds(12),
          Duration.ofMillis(250),
          Duration.ofMillis(30),
          Duration.ofSeconds(1),
          Duration.ofMinutes(1));

  static LongStream seeds() {
    return Seeds.seeds(200);
  }

  private static final class Shell {
    final Random random;
    final long seed;
    final DialQueue queue;
    final Map<Long, Effect.StartDial> dials = new LinkedHashMap<>();
    final Map<Long, Long> startedAt = new LinkedHashMap<>();
    final Map<Long, Long> openRequests = new TreeMap<>();
    final Set<String> kindsOfFailure = new TreeSet<>();
    long now;
    long lastRequest;
    long lastDial;
    int succeeded;

    Shell(long seed) {
      this.seed = seed;
      this.random = new Random(seed);
      this.now = random.nextLong();
      this.queue = new DialQueue(OPTIONS, new Random(seed));
    }

    void handle(Input input) {
      for (Effect effect : queue.handle(now, input)) {
        if (effect instanceof Effect.StartDial start) {
          assertThat(start.dialId()).as("dial ids grow").isEqualTo(++lastDial);
          assertThat(dials.values())
              .as("seed %d: one dial of an address at a time", seed)
              .noneMatch(d -> d.peer().equals(start.peer()) && d.address().equals(start.address()));
          dials.put(start.dialId(), start);
          startedAt.put(start.dialId(), now);
        } else if (effect instanceof Effect.CancelDial cancel) {
          assertThat(dials.remove(cancel.dialId())).as("seed %d: cancelled", seed).isNotNull();
        } else if (effect instanceof Effect.Succeeded done) {
          succeeded++;
          end(done.requestIds());
        } else if (effect instanceof Effect.Failed failed) {
          kindsOfFailure.add(failed.failure().getClass().getSimpleName());
          assertThat(failed.failure().sentence())
              .matches("could not reach " + failed.failure().peer() + ": .+");
          end(failed.requestIds());
        }
      }
      assertLimits();
    }

    private void end(List<Long> requestIds) {
      assertThat(requestIds).isNotEmpty();
      for (Long id : requestIds) {
        Long since = openRequests.remove(id);
        assertThat(since).as("seed %d: request %d ends once", seed, id).isNotNull();
      }
    }

    private void assertLimits() {
      assertThat(queue.dialCount()).as("seed %d", seed).isEqualTo(dials.size());
      assertThat(queue.requestCount()).as("seed %d", seed).isEqualTo(openRequests.size());
      assertThat(dials.size()).isLessThanOrEqualTo(OPTIONS.dialsMax());
      assertThat(openRequests.size()).isLessThanOrEqualTo(OPTIONS.requestsMax());
      Map<PeerId, Integer> perPeer = new LinkedHashMap<>();
      dials.values().forEach(dial -> perPeer.merge(dial.peer(), 1, Integer::sum));
      assertThat(perPeer.values()).allMatch(count -> count <= OPTIONS.dialsPerPeerMax());
      openRequests
          .values()
          .forEach(
              since ->
                  assertThat(now - since)
                      .as("seed %d: no request outlives its deadline", seed)
                      .isLessThanOrEqualTo(OPTIONS.requestTimeout().toNanos()));
    }

    void step() {
      List<Long> underWay = new ArrayList<>(dials.keySet());
      long dial = underWay.isEmpty() ? 0 : underWay.get(random.nextInt(underWay.size()));
      switch (random.nextInt(10)) {
        case 0, 1, 2 -> request();
        case 3 -> {
          dials.remove(dial);
          handle(new Input.DialSucceeded(dial, 1000 + dial));
        }
        case 4, 5 -> {
          dials.remove(dial);
          handle(new Input.DialFailed(dial, "connection refused"));
        }
        case 6 -> {
          List<Long> open = new ArrayList<>(openRequests.keySet());
          handle(new Input.Cancel(open.isEmpty() ? 7 : open.get(random.nextInt(open.size()))));
        }
        case 7 -> {
          if (random.nextInt(4) == 0) {
            handle(new Input.Connected(peer(random.nextInt(8)), 1));
          }
        }
        default -> advance(random.nextLong(3_000_000_000L));
      }
    }

    private void request() {
      List<Multiaddr> addresses = new ArrayList<>();
      for (int count = random.nextInt(7); count > 0; count--) {
        addresses.add(
            Multiaddr.parse(
                (random.nextBoolean() ? "/ip4/127.0.0." : "/ip4/192.0.2.")
                    + random.nextInt(5)
                    + "/tcp/1"));
      }
      long id = ++lastRequest;
      openRequests.put(id, now);
      // A refused request is one too many for a moment, before its result.
      if (openRequests.size() > OPTIONS.requestsMax()) {
        openRequests.remove(id);
        assertThat(queue.handle(now, request(id, addresses)))
            .singleElement()
            .isInstanceOf(Effect.Failed.class);
        kindsOfFailure.add("QueueFull");
      } else {
        handle(request(id, addresses));
      }
    }

    private Input request(long id, List<Multiaddr> addresses) {
      return new Input.Request(id, peer(random.nextInt(8)), addresses, random.nextInt(3) == 0);
    }

    /** Moves the time, and ticks at every deadline that it passes. */
    void advance(long nanos) {
      long until = now + nanos;
      long due = queue.nextDeadlineNanos();
      while (due != Long.MAX_VALUE && due - until <= 0) {
        assertThat(due - now).as("seed %d: deadlines don't stand still", seed).isNotNegative();
        now = due;
        handle(new Input.Tick());
        due = queue.nextDeadlineNanos();
        assertThat(due == Long.MAX_VALUE || due - now > 0)
            .as("seed %d: a tick does what was due", seed)
            .isTrue();
      }
      now = until;
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void history_random_keepsItsLimitsAndEndsEveryRequest(long seed) {
    Shell shell = run(seed);
    // Nobody answers any more, and still everything ends.
    shell.advance(OPTIONS.requestTimeout().toNanos());
    assertThat(shell.openRequests).isEmpty();
    assertThat(shell.dials).isEmpty();
    assertThat(shell.queue.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void histories_together_meetEveryResult() {
    Set<String> kinds = new TreeSet<>();
    int succeeded = 0;
    for (long seed = 1; seed <= 20; seed++) {
      Shell shell = run(seed);
      kinds.addAll(shell.kindsOfFailure);
      succeeded += shell.succeeded;
    }
    assertThat(succeeded).isPositive();
    assertThat(kinds)
        .containsExactly("BackingOff", "Cancelled", "NoAddresses", "QueueFull", "Unreachable");
  }

  private static Shell run(long seed) {
    Shell shell = new Shell(seed);
    for (int step = 0; step < 400; step++) {
      shell.step();
    }
    return shell;
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void history_sameSeed_isTheSame(long seed) {
    Shell one = new Shell(seed);
    Shell other = new Shell(seed);
    for (int step = 0; step < 50; step++) {
      one.step();
      other.step();
      assertThat(one.dials).isEqualTo(other.dials);
      assertThat(one.queue.nextDeadlineNanos()).isEqualTo(other.queue.nextDeadlineNanos());
    }
  }
}
