package io.minga.node.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import io.minga.node.task.Batch;
import io.minga.node.task.FunctionName;
import io.minga.node.task.Outcome;
import io.minga.node.task.Payload;
import io.minga.node.task.Task;
import io.minga.node.task.TaskLimits;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Some peers in virtual time: {@link House}s with real node cores, {@linkplain VillageRoads roads}
 * between them that carry real frames with delays and lose connections, and {@linkplain
 * VillageGossip gossip} that all hear. Houses come, die and come back.
 */
final class Village {
  static final FunctionName WORK = new FunctionName("work");
  static final FunctionName FLAKY = new FunctionName("flaky");
  static final FunctionName KILLER = new FunctionName("killer");
  static final FunctionName MUTE = new FunctionName("mute");
  static final FunctionName FIB = new FunctionName("fib");

  /** Its results are unlike any others. */
  static final FunctionName DRAW = new FunctionName("draw");

  /** Its results go by their CIDs. */
  static final FunctionName LARGE = new FunctionName("large");

  static final long MILLION = 1_000_000;

  final SplittableRandom random;
  final TaskLimits limits = TaskLimits.defaults();
  final List<House> houses = new ArrayList<>();
  final Map<PeerId, House> byPeer = new LinkedHashMap<>();
  final VillageRoads roads = new VillageRoads(this);
  final VillageGossip gossip = new VillageGossip(this);
  final VillageMoves moves = new VillageMoves(this);

  /** Whether everybody hears of every batch of those that come from now on. */
  boolean loud;

  /** Whether gossip loses and doubles nothing, and nobody fails to get a block. */
  boolean lossless;

  /** What is told of every effect, before it is performed. */
  BiConsumer<House, Effect> watcher = (house, effect) -> {};

  /** How often each input was run. */
  final Map<Payload, Integer> runs = new LinkedHashMap<>();

  /** A hash of all that was done so far, and when. */
  long trace = 17;

  long nowNanos = 1_000;

  /** By how much everybody's wall clock has been set forward. */
  long aheadMillis;

  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private long eventNumber;

  private record Event(long atNanos, long number, Runnable what) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(atNanos, other.atNanos);
      return byTime != 0 ? byTime : Long.compare(number, other.number);
    }
  }

  Village(long seed) {
    this.random = new SplittableRandom(seed);
  }

  static PeerId peer(int number) {
    byte[] multihash = new byte[34];
    multihash[0] = 0x12;
    multihash[1] = 0x20;
    multihash[2] = (byte) number;
    multihash[3] = (byte) (number >> 8);
    try {
      return PeerId.decode(Bytes.copyOf(multihash));
    } catch (WireException wrong) {
      throw new IllegalStateException(wrong);
    }
  }

  /** The input of a task that takes so long. */
  static Payload input(int micros) {
    return Payload.of(Bytes.copyOf(ByteBuffer.allocate(4).putInt(micros).flip()));
  }

  /** One of a task that takes that long in the mean, and twice that at most. */
  Payload drawnInput(int micros) {
    return input(micros == 0 ? 0 : 1 + random.nextInt(2 * micros));
  }

  // Houses.

  House add(int slots, double slowness, FunctionName... functions) {
    return add(slots, slowness, options(slots), functions);
  }

  House add(int slots, double slowness, NodeOptions options, FunctionName... functions) {
    House house = new House(this, houses.size() + 1, slots, slowness, options);
    houses.add(house);
    byPeer.put(house.peer, house);
    house.input(new Input.Offer(List.of(functions)));
    return house;
  }

  /** Adds a house that keeps a journal, and draws for whoever asks; returns the journal. */
  VillageJournal addKeeper(int slots) {
    return new VillageJournal(this, add(slots, 1, DRAW));
  }

  /** The living houses that keep another's batch. */
  List<House> holders(Batch batch) {
    return houses.stream()
        .filter(it -> it.alive && it.journal != null && it.journal.keeps(batch.cid()))
        .filter(it -> !it.peer.equals(batch.header().submitter()))
        .toList();
  }

  private NodeOptions options(int slots) {
    NodeOptions any = NodeOptions.of("lab", slots);
    return loud ? withQuiet(any, Duration.ZERO) : any;
  }

  /** The same, but that everybody hears of batches after so long. */
  static NodeOptions withQuiet(NodeOptions any, Duration quiet) {
    NodeOptions.Times times = any.times();
    return new NodeOptions(
        any.network(),
        any.slots(),
        any.tags(),
        any.cores(),
        any.memoryMib(),
        any.version(),
        any.tasks(),
        any.schedule(),
        any.claims(),
        any.limits(),
        new NodeOptions.Times(
            quiet,
            times.noPeer(),
            times.takeWait(),
            times.reconnect(),
            times.silence(),
            times.orphan(),
            times.report(),
            times.retryFirst(),
            times.retryMost(),
            times.runWork(),
            times.leaveMost(),
            times.lease()));
  }

  void connectAll() {
    roads.connectAll();
  }

  /** Connects all, and gives them so long to get to know each other. */
  void meet(long millis) {
    connectAll();
    pass(millis);
  }

  void kill(House house) {
    house.alive = false;
    roads.disconnectDead(house);
  }

  /** Kills a house, and starts another in its place a moment later, which knows nothing. */
  House reboot(House house, FunctionName... functions) {
    kill(house);
    pass(100);
    return replace(house, null, functions);
  }

  /** Starts a house that was killed in its place, with its journal. */
  House revive(House house, FunctionName... functions) {
    return replace(house, house.journal, functions);
  }

  private House replace(House gone, @Nullable VillageJournal journal, FunctionName... functions) {
    int slots = gone.slots.count;
    House fresh = new House(this, gone.number, slots, gone.slots.slowness, options(slots));
    roads.barLike(gone, fresh);
    houses.set(houses.indexOf(gone), fresh);
    byPeer.put(fresh.peer, fresh);
    if (journal != null) {
      journal.open(fresh);
    }
    fresh.input(new Input.Offer(List.of(functions)));
    roads.connectWithAll(fresh);
    return fresh;
  }

  // What is told of what they do.

  /** A house is to do this. */
  void saw(House house, Effect effect) {
    watcher.accept(house, effect);
    long kind = effect.getClass().getSimpleName().hashCode();
    traced(kind + house.number + nowNanos);
  }

  void traced(long what) {
    trace = trace * 31 + what;
  }

  /** A task has begun somewhere. */
  void began(Task task) {
    runs.merge(task.input(), 1, Integer::sum);
  }

  // Time.

  long wallMillis() {
    return 1_700_000_000_000L + aheadMillis + nowNanos / MILLION;
  }

  void at(long nanos, Runnable what) {
    events.add(new Event(nanos, eventNumber++, what));
  }

  void in(long millis, Runnable what) {
    at(nowNanos + millis * MILLION, what);
  }

  /** Lets time pass. */
  void pass(long millis) {
    long end = nowNanos + millis * MILLION;
    for (Event next = events.peek(); next != null && next.atNanos <= end; next = events.peek()) {
      events.poll();
      nowNanos = Math.max(nowNanos, next.atNanos);
      next.what.run();
    }
    nowNanos = end;
  }

  /** Lets time pass until all these calls have outcomes, at most so long. */
  boolean passUntilDone(List<Call> calls, long millisMost) {
    long end = nowNanos + millisMost * MILLION;
    while (nowNanos < end) {
      if (calls.stream().allMatch(Call::isOver)) {
        return true;
      }
      pass(10);
    }
    return calls.stream().allMatch(Call::isOver);
  }

  /** Lets time pass until all these calls have succeeded, each once, in no more time than that. */
  void assertAllSucceed(List<Call> calls, long millisMost) {
    assertThat(passUntilDone(calls, millisMost)).as("all are over").isTrue();
    assertAllSucceeded(calls);
  }

  static void assertAllSucceeded(List<Call> calls) {
    for (Call call : calls) {
      assertThat(call.outcomes).singleElement().isInstanceOf(Outcome.Value.class);
    }
  }
}
