package io.minga.node.core;

import io.minga.crdt.claims.ClaimMessage;
import io.minga.crdt.claims.Phase;
import io.minga.crdt.claims.Register;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import io.minga.node.task.Announcement;
import io.minga.node.task.CopyFrame;
import io.minga.node.task.FunctionName;
import io.minga.node.task.LoadReport;
import io.minga.node.task.MoveFrame;
import io.minga.node.task.Outcome;
import io.minga.node.task.Payload;
import io.minga.node.task.Policy;
import io.minga.node.task.Saying;
import io.minga.node.task.TaskLimits;
import io.minga.node.task.WorkFrame;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Some peers in virtual time, each a node core with slots that take time, and a network between
 * them that carries real frames with delays, loses connections, and kills peers.
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

  private static final long MILLION = 1_000_000;

  final SplittableRandom random;
  final TaskLimits limits = TaskLimits.defaults();
  final List<House> houses = new ArrayList<>();
  final Map<PeerId, House> byPeer = new LinkedHashMap<>();
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private long eventNumber;
  long nowNanos = 1_000;
  long trace = 17;
  long framesBytes;
  long gossipBytes;
  int gossipMessages;
  private final Map<House, Map<House, List<Runnable>>> stuck = new LinkedHashMap<>();
  int announcements;
  final List<Cid> announced = new ArrayList<>();
  int claims;

  /** How many proofs of what others had said were looked at. */
  int proofs;

  /** How often each input was run of those that are counted. */
  final Map<Payload, Integer> runs = new LinkedHashMap<>();

  /** Whether everybody hears of every batch of those that come from now on. */
  boolean loud;

  /** Whether gossip loses and doubles nothing. */
  boolean lossless;

  /** Pairs that can't connect. */
  private final Set<Set<House>> barred = new LinkedHashSet<>();

  /** Pairs between which nothing goes, gossip neither. */
  private final Set<Set<House>> cut = new LinkedHashSet<>();

  /** Whose gossip is lost. */
  final Set<House> mute = new LinkedHashSet<>();

  /** How often each task was taken over. */
  final Map<Cid, int[]> moves = new LinkedHashMap<>();

  /** What is told of every effect, before it is performed. */
  BiConsumer<House, Effect> watcher = (house, effect) -> {};

  private record Event(long atNanos, long number, Runnable what) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(atNanos, other.atNanos);
      return byTime != 0 ? byTime : Long.compare(number, other.number);
    }
  }

  /** A call and how it ended. */
  static final class Call {
    final List<Outcome> outcomes = new ArrayList<>();
    final FunctionName function;
    Runnable onEnd = () -> {};

    /** Its input, if that goes by its CID. */
    final Payload.@Nullable Content input;

    Call(FunctionName function) {
      this(function, null);
    }

    Call(FunctionName function, Payload.@Nullable Content input) {
      this.function = function;
      this.input = input;
    }
  }

  /** One peer. */
  final class House {
    final int number;
    final PeerId peer;
    final NodeCore core;
    final int slots;
    double slowness;
    final Set<House> neighbours = new LinkedHashSet<>();
    final Map<House, Integer> sessions = new LinkedHashMap<>();
    final Map<House, Long> lastArrival = new LinkedHashMap<>();
    final Map<House, Long> lastMove = new LinkedHashMap<>();
    final Map<House, Long> lastCopy = new LinkedHashMap<>();
    final Map<Submission, List<Call>> calls = new LinkedHashMap<>();
    final Set<Long> interrupted = new LinkedHashSet<>();
    boolean alive = true;
    boolean left;

    /** Whether its process stands still, and what has come since. */
    boolean paused;

    private final List<Runnable> frozen = new ArrayList<>();

    /** What outlives it; null if it keeps none. */
    @Nullable VillageJournal journal;

    /** Whether whatever it runs fails. */
    boolean broken;

    int busy;
    int ran;
    long endNanos;
    long wakeNanos = Long.MAX_VALUE;
    final List<String> misbehaved = new ArrayList<>();
    final VillageBlocks blocks = new VillageBlocks(Village.this, this);

    House(int number, int slots, double slowness, NodeOptions options) {
      this.number = number;
      this.slots = slots;
      this.slowness = slowness;
      peer = peer(number);
      core =
          new NodeCore(
              peer,
              options,
              new SplittableRandom(random.nextLong()),
              () -> 1_700_000_000_000L + nowNanos / MILLION);
    }

    void input(Input input) {
      if (paused) {
        frozen.add(() -> input(input));
      } else if (alive && !left) {
        core.handle(nowNanos, input);
        turn();
      }
    }

    void inputs(List<? extends Input> inputs) {
      if (paused) {
        frozen.add(() -> inputs(inputs));
      } else if (alive && !left) {
        inputs.forEach(input -> core.handle(nowNanos, input));
        turn();
      }
    }

    private void turn() {
      for (Effect effect : core.endTurn(nowNanos)) {
        perform(effect);
      }
      long next = core.nextDeadlineNanos();
      if (next < wakeNanos || wakeNanos <= nowNanos) {
        wakeNanos = Math.max(next, nowNanos + 1);
        long at = wakeNanos;
        at(
            at,
            () -> {
              if (alive && !left && wakeNanos == at) {
                wakeNanos = Long.MAX_VALUE;
                wake();
              }
            });
      }
    }

    private void wake() {
      if (paused) {
        frozen.add(this::wake);
      } else if (alive && !left) {
        turn();
      }
    }

    /** It goes on: what has come is taken in, all at once. */
    void resume() {
      paused = false;
      List<Runnable> all = List.copyOf(frozen);
      frozen.clear();
      all.forEach(Runnable::run);
    }

    private void perform(Effect effect) {
      watcher.accept(this, effect);
      trace = trace * 31 + effect.getClass().getSimpleName().hashCode() + number + nowNanos;
      if (effect instanceof Effect.Complete complete) {
        trace = trace * 31 + complete.call() + complete.attempts();
        if (!calls.containsKey(complete.submission())) {
          return; // of before it was started
        }
        Call call = Objects.requireNonNull(calls.get(complete.submission())).get(complete.call());
        call.outcomes.add(complete.outcome());
        blocks.completed(call, complete.outcome());
        at(nowNanos, call.onEnd);
      } else if (effect instanceof Effect.Send send) {
        trace = trace * 31 + send.frame().hashCode();
        framesBytes += send.frame().length();
        House to = byPeer.get(send.to());
        if (to != null) {
          deliver(this, to, send.frame());
        }
      } else if (effect instanceof Effect.SendMove send) {
        trace = trace * 31 + send.frame().hashCode();
        framesBytes += send.frame().length();
        count(send.frame());
        House to = byPeer.get(send.to());
        if (to != null) {
          deliverMove(this, to, send.frame());
        }
      } else if (effect instanceof Effect.SendCopy send) {
        sendCopy(send);
      } else if (effect instanceof Effect.Journaling it) {
        Objects.requireNonNull(journal).perform(this, it);
      } else if (effect instanceof Effect.Fetch fetch) {
        fetch(this, fetch);
      } else if (effect instanceof Effect.Run run) {
        run(run);
      } else if (effect instanceof Effect.Interrupt interrupt) {
        interrupted.add(interrupt.run());
      } else if (effect instanceof Effect.Report report) {
        gossip(this, report.report());
      } else if (effect instanceof Effect.Announce announce) {
        announcements++;
        announced.add(announce.announcement().batch());
        gossip(this, announce.announcement());
      } else if (effect instanceof Effect.Claim claim) {
        claims++;
        gossip(this, claim.message());
      } else if (effect instanceof Effect.Connect connect) {
        House other = byPeer.get(connect.peer());
        if (other != null) {
          at(nowNanos + random.nextLong(1, 500) * MILLION, () -> connect(this, other));
        }
      } else if (effect instanceof Effect.Verify verify) {
        at(nowNanos + MILLION, () -> verified(this, verify));
      } else if (effect instanceof Effect.Misbehaved misbehaved) {
        this.misbehaved.add(misbehaved.why());
      } else if (effect instanceof Effect.Release release) {
        blocks.release(release.cid());
      } else if (effect instanceof Effect.Left) {
        left = true;
        for (House other : List.copyOf(neighbours)) {
          disconnect(this, other);
        }
      }
    }

    void sendCopy(Effect.SendCopy send) {
      trace = trace * 31 + send.frame().hashCode();
      framesBytes += send.frame().length();
      House to = byPeer.get(send.to());
      if (to != null) {
        carry(
            this,
            to,
            lastCopy,
            () -> new Input.CopyReceived(peer, CopyFrame.decode(limits, send.frame())));
      }
    }

    private void run(Effect.Run run) {
      busy++;
      if (busy > slots) {
        throw new IllegalStateException("more runs than slots");
      }
      run.indexes().forEach(index -> runs.merge(run.batch().task(index).input(), 1, Integer::sum));
      if (run.batch().functions().get(0).equals(FIB)) {
        fib(run);
        return;
      }
      List<Input.Ended> ended = new ArrayList<>();
      long[] total = {0};
      run.indexes()
          .forEach(
              index -> {
                FunctionName function = run.batch().function(index);
                blocks.begins(run.batch().input(index));
                long micros = (long) (micros(run.batch().task(index).input()) * slowness);
                total[0] += micros;
                ran++;
                ended.add(new Input.Ended(index, outcome(function), micros));
              });
      at(
          nowNanos + 1000 * total[0],
          () -> {
            if (alive) {
              busy--;
              ended.forEach(each -> blocks.made(each.outcome()));
              endNanos = nowNanos;
              input(new Input.Ran(run.run(), ended));
            }
          });
    }

    /** Tasks that call others and keep no slot meanwhile. */
    private void fib(Effect.Run run) {
      ran += run.indexes().size();
      List<Input.Ended> ended = new ArrayList<>();
      IndexBits parked = new IndexBits();
      run.indexes()
          .forEach(
              index -> {
                Payload input = run.batch().task(index).input();
                int n = micros(input);
                if (n < 2) {
                  ended.add(new Input.Ended(index, number(BigInteger.valueOf(n)), 20));
                } else {
                  parked.add(index);
                  List<Call> two = new ArrayList<>();
                  Runnable end = () -> fibEnds(run.run(), index, two);
                  in(0, () -> two.addAll(memoized(FIB, List.of(n - 1, n - 2), false, end)));
                }
              });
      at(
          nowNanos + 20_000L * run.indexes().size(),
          () -> {
            busy--;
            if (!parked.isEmpty()) {
              input(new Input.Parked(run.run(), parked.toSet()));
            }
            if (!ended.isEmpty()) {
              input(new Input.Ran(run.run(), ended));
            }
          });
    }

    private void fibEnds(long run, int index, List<Call> two) {
      if (two.stream().mapToInt(call -> call.outcomes.size()).sum() == 2) {
        Outcome sum = number(numberOf(two.get(0)).add(numberOf(two.get(1))));
        two.clear(); // both may have ended at the same time
        input(new Input.Ran(run, List.of(new Input.Ended(index, sum, 20))));
      }
    }

    /** Makes calls whose equals have equal results. */
    List<Call> memoized(FunctionName function, List<Integer> inputs, boolean job) {
      return memoized(function, inputs, job, () -> {});
    }

    private List<Call> memoized(
        FunctionName function, List<Integer> inputs, boolean job, Runnable onEnd) {
      List<Call> all = new ArrayList<>();
      List<Input> submits = new ArrayList<>();
      int size = job ? 256 : 1;
      for (int from = 0; from < inputs.size(); from += size) {
        List<Payload> payloads = new ArrayList<>();
        List<Call> some = new ArrayList<>();
        for (int input : inputs.subList(from, Math.min(inputs.size(), from + size))) {
          payloads.add(Village.input(input));
          Call call = new Call(function);
          call.onEnd = onEnd;
          some.add(call);
        }
        long tasks = job ? inputs.size() : 1;
        Submission submission =
            new Submission(this, function, Policy.DEFAULT, true, 3_600_000, tasks, false, payloads);
        calls.put(submission, some);
        all.addAll(some);
        submits.add(new Input.Submit(submission));
      }
      inputs(submits);
      return all;
    }

    Outcome outcome(FunctionName function) {
      if (broken) {
        return new Outcome.Failure(Outcome.Kind.HANDLER, "Broken", "no such file here", "");
      }
      if (function.equals(FLAKY) && random.nextInt(3) == 0) {
        return new Outcome.Failure(Outcome.Kind.HANDLER, "Flaky", "again, please", "");
      }
      if (function.equals(DRAW)) {
        return number(BigInteger.valueOf(random.nextLong()));
      }
      if (function.equals(KILLER)) {
        return new Outcome.Failure(Outcome.Kind.WORKER_DIED, "", "it died", "");
      }
      if (function.equals(LARGE)) {
        return new Outcome.Value(VillageBlocks.content(random.nextInt(1000), 100_000));
      }
      return new Outcome.Value(Payload.of(Bytes.EMPTY));
    }

    /** Submits calls whose inputs go by their CIDs, a few of them equal. */
    List<Call> submitLarge(FunctionName function, int count, boolean job) {
      List<Call> all = new ArrayList<>();
      List<Input> inputs = new ArrayList<>();
      for (int from = 0; from < count; ) {
        int size = job ? Math.min(256, count - from) : 1;
        List<Payload> payloads = new ArrayList<>();
        List<Call> some = new ArrayList<>();
        for (int i = 0; i < size; i++) {
          Payload.Content input =
              VillageBlocks.content(2_000 + random.nextInt(20), 70_000 + random.nextInt(2));
          payloads.add(input);
          some.add(new Call(function, input));
          blocks.hold(input.cid());
        }
        Submission submission =
            new Submission(
                this, function, Policy.DEFAULT, false, 3_600_000, job ? count : 1, false, payloads);
        calls.put(submission, some);
        all.addAll(some);
        inputs.add(new Input.Submit(submission));
        from += size;
      }
      inputs(inputs);
      return all;
    }

    /** Submits calls of a job, each to run so long. */
    List<Call> submit(FunctionName function, int count, int micros, boolean job) {
      return submit(function, count, micros, job, Policy.DEFAULT);
    }

    List<Call> submit(FunctionName function, int count, int micros, boolean job, Policy policy) {
      List<Call> all = new ArrayList<>();
      List<Input> inputs = new ArrayList<>();
      for (int from = 0; from < count; ) {
        int size = job ? Math.min(256, count - from) : 1;
        List<Payload> payloads = new ArrayList<>();
        List<Call> some = new ArrayList<>();
        for (int i = 0; i < size; i++) {
          payloads.add(Village.input(micros == 0 ? 0 : 1 + random.nextInt(2 * micros)));
          some.add(new Call(function));
        }
        Submission submission =
            new Submission(
                this, function, policy, false, 3_600_000, job ? count : 1, false, payloads);
        calls.put(submission, some);
        all.addAll(some);
        inputs.add(new Input.Submit(submission));
        from += size;
      }
      inputs(inputs);
      return all;
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

  static Payload input(int micros) {
    return Payload.of(Bytes.copyOf(ByteBuffer.allocate(4).putInt(micros).flip()));
  }

  static Outcome number(BigInteger number) {
    return new Outcome.Value(Payload.of(Bytes.copyOf(number.toByteArray())));
  }

  static BigInteger numberOf(Call call) {
    Outcome.Value value = (Outcome.Value) call.outcomes.get(0);
    return new BigInteger(((Payload.Inline) value.payload()).toBytes().toByteArray());
  }

  static int micros(Payload input) {
    return input instanceof Payload.Inline inline
        ? inline.view().getInt()
        : 1 + (input.hashCode() & 0x3fff);
  }

  House add(int slots, double slowness, FunctionName... functions) {
    return add(slots, slowness, options(slots), functions);
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

  House add(int slots, double slowness, NodeOptions options, FunctionName... functions) {
    House house = new House(houses.size() + 1, slots, slowness, options);
    houses.add(house);
    byPeer.put(house.peer, house);
    house.input(new Input.Offer(List.of(functions)));
    return house;
  }

  void connectAll() {
    for (House one : houses) {
      for (House other : houses) {
        if (one.number < other.number) {
          connect(one, other);
        }
      }
    }
  }

  /** From now on these two can't connect. */
  void bar(House one, House other) {
    barred.add(Set.of(one, other));
  }

  /** From now on they can. */
  void unbar() {
    barred.clear();
  }

  /** From now on nothing goes between these two. */
  void cut(House one, House other) {
    cut.add(Set.of(one, other));
    disconnect(one, other);
  }

  /** All are connected again. */
  void heal() {
    cut.clear();
    connectAll();
  }

  private boolean isCut(House one, House other) {
    return !cut.isEmpty() && one != other && cut.contains(Set.of(one, other));
  }

  void connect(House one, House other) {
    if (one == other || barred.contains(Set.of(one, other)) || isCut(one, other)) {
      return;
    }
    if (one.alive && other.alive && !one.left && !other.left && one.neighbours.add(other)) {
      other.neighbours.add(one);
      int session = one.sessions.merge(other, 1, Integer::sum);
      other.sessions.put(one, session);
      one.input(new Input.Connected(other.peer));
      other.input(new Input.Connected(one.peer));
    }
  }

  void disconnect(House one, House other) {
    if (one.neighbours.remove(other)) {
      other.neighbours.remove(one);
      one.input(new Input.Disconnected(other.peer));
      at(
          nowNanos + random.nextLong(1, 50) * MILLION,
          () -> {
            if (!other.neighbours.contains(one)) {
              other.input(new Input.Disconnected(one.peer));
            }
          });
    }
  }

  /** What one says to the other is stuck from now on, and not what the other says. */
  void block(House from, House to) {
    stuck
        .computeIfAbsent(from, it -> new LinkedHashMap<>())
        .computeIfAbsent(to, it -> new ArrayList<>());
  }

  /** What was stuck comes through, in its order, unless the connection is another by now. */
  void unblock(House from, House to) {
    Map<House, List<Runnable>> of = stuck.get(from);
    List<Runnable> arrivals = of == null ? null : of.remove(to);
    if (arrivals != null) {
      arrivals.forEach(Runnable::run);
    }
  }

  private void arrive(House from, House to, Runnable arrival) {
    Map<House, List<Runnable>> of = stuck.get(from);
    List<Runnable> behind = of == null ? null : of.get(to);
    if (behind == null) {
      arrival.run();
    } else {
      behind.add(arrival);
    }
  }

  /** Kills a house, and starts another in its place a moment later, which knows nothing. */
  House reboot(House house, FunctionName... functions) {
    kill(house);
    pass(100);
    House fresh = new House(house.number, house.slots, house.slowness, options(house.slots));
    for (House other : houses) {
      if (other != house && barred.contains(Set.of(house, other))) {
        bar(fresh, other);
      }
    }
    houses.set(houses.indexOf(house), fresh);
    byPeer.put(fresh.peer, fresh);
    fresh.input(new Input.Offer(List.of(functions)));
    houses.stream().filter(it -> it != fresh).forEach(it -> connect(fresh, it));
    return fresh;
  }

  /** Starts a house that was killed in its place, with its journal. */
  House revive(House house, FunctionName... functions) {
    House fresh = new House(house.number, house.slots, house.slowness, options(house.slots));
    houses.set(houses.indexOf(house), fresh);
    byPeer.put(fresh.peer, fresh);
    if (house.journal != null) {
      house.journal.open(fresh);
    }
    fresh.input(new Input.Offer(List.of(functions)));
    houses.stream().filter(it -> it != fresh).forEach(it -> connect(fresh, it));
    return fresh;
  }

  void kill(House house) {
    house.alive = false;
    for (House other : List.copyOf(house.neighbours)) {
      house.neighbours.remove(other);
      other.neighbours.remove(house);
      at(
          nowNanos + random.nextLong(1, 50) * MILLION,
          () -> other.input(new Input.Disconnected(house.peer)));
    }
  }

  private void deliver(House from, House to, Bytes frame) {
    carry(
        from,
        to,
        from.lastArrival,
        () -> new Input.Received(from.peer, WorkFrame.decode(limits, frame)));
  }

  private void deliverMove(House from, House to, Bytes frame) {
    carry(
        from,
        to,
        from.lastMove,
        () -> new Input.MoveReceived(from.peer, MoveFrame.decode(limits, frame)));
  }

  private void count(Bytes frame) {
    try {
      if (MoveFrame.decode(limits, frame) instanceof MoveFrame.Accept accept) {
        for (MoveFrame.Part part : accept.parts()) {
          int[] counts = moves.computeIfAbsent(part.batch(), it -> new int[256]);
          part.indexes().forEach(index -> counts[index]++);
        }
      }
    } catch (WireException wrong) {
      throw new IllegalStateException(wrong);
    }
  }

  /** How often tasks were taken over, all in all. */
  long movesInAll() {
    return moves.values().stream().flatMapToInt(Arrays::stream).asLongStream().sum();
  }

  /** How often the task was taken over that was most often. */
  int movesMost() {
    return moves.values().stream().flatMapToInt(Arrays::stream).max().orElse(0);
  }

  /**
   * The tasks that stand in two lines although both peers know the same of who has them, or in one
   * although it knows that another has them.
   */
  List<String> doubles() {
    List<String> wrong = new ArrayList<>();
    Map<Cid, Map<House, Register[]>> lines = new LinkedHashMap<>();
    for (House house : houses) {
      for (Cid batch : house.alive && !house.left ? house.core.queuedBatches() : List.<Cid>of()) {
        Map<House, Register[]> others = lines.computeIfAbsent(batch, it -> new LinkedHashMap<>());
        Register[] registers = new Register[256];
        for (int index : house.core.queued(batch).toArray()) {
          Register register = house.core.register(batch, index);
          registers[index] = register;
          if (register.phase() != Phase.HELD) {
            continue;
          }
          if (!Announcer.id(house.peer).equals(register.owner())) {
            wrong.add("%s/%d at %d: %s".formatted(batch, index, house.number, register));
          }
          others.forEach(
              (other, its) -> {
                if (register.equals(its[index])) {
                  wrong.add(
                      "%s/%d at %d and %d".formatted(batch, index, house.number, other.number));
                }
              });
        }
        others.put(house, registers);
      }
    }
    return wrong;
  }

  /** Makes an input of a frame that arrived. */
  private interface Arriving {
    Input decode() throws WireException;
  }

  private void carry(House from, House to, Map<House, Long> last, Arriving frame) {
    if (!from.neighbours.contains(to)) {
      return;
    }
    int session = from.sessions.getOrDefault(to, 0);
    long at = nowNanos + 50_000 + random.nextLong(5 * MILLION);
    at = Math.max(at, last.getOrDefault(to, 0L) + 1);
    last.put(to, at);
    at(at, () -> arrive(from, to, () -> received(from, to, session, frame)));
  }

  private void received(House from, House to, int session, Arriving frame) {
    if (to.neighbours.contains(from) && to.sessions.getOrDefault(from, 0) == session) {
      try {
        to.input(frame.decode());
      } catch (WireException wrong) {
        throw new IllegalStateException(wrong);
      }
    }
  }

  /** Gets a block from the first that has it and is still connected when it comes. */
  private void fetch(House to, Effect.Fetch fetch) {
    if (fetch.cid().codec() == Cid.RAW) {
      to.blocks.fetch(fetch);
      return;
    }
    at(
        nowNanos + MILLION + random.nextLong(20 * MILLION),
        () -> {
          for (PeerId peer : fetch.from()) {
            House from = byPeer.get(peer);
            if (from == null || !from.alive || from.left || !to.neighbours.contains(from)) {
              continue;
            }
            Bytes block = from.core.block(fetch.cid());
            if (block != null) {
              to.input(new Input.Fetched(fetch.cid(), block));
              return;
            }
          }
          to.input(new Input.NotFetched(fetch.cid(), "nobody has it"));
        });
  }

  private void gossip(House from, Object said) {
    Bytes encoded;
    if (said instanceof LoadReport report) {
      encoded = report.encode(limits);
    } else if (said instanceof Announcement announcement) {
      encoded = announcement.encode(from.peer);
    } else {
      encoded = Bytes.copyOf(((ClaimMessage) said).encode());
    }
    gossipBytes += encoded.length();
    gossipMessages++;
    trace = trace * 31 + encoded.hashCode();
    if (from.neighbours.isEmpty() || mute.contains(from)) {
      return;
    }
    for (House to : houses) {
      int copies =
          to == from || isCut(from, to)
              ? 0
              : lossless ? 1 : random.nextInt(50) == 0 ? 2 : random.nextInt(50) == 0 ? 0 : 1;
      for (int i = 0; i < copies; i++) {
        at(
            nowNanos + random.nextLong(1, 40) * MILLION,
            () -> {
              if (!to.neighbours.isEmpty()) {
                hear(to, from.peer, said, encoded);
              }
            });
      }
    }
  }

  private void hear(House to, PeerId author, Object said, Bytes encoded) {
    try {
      if (said instanceof LoadReport) {
        to.input(new Input.Loaded(author, LoadReport.decode(limits, encoded)));
      } else if (said instanceof Announcement) {
        to.input(
            new Input.Announced(
                author,
                Announcement.decode(limits, encoded, author),
                sign(author, Saying.Kind.ANNOUNCEMENT, encoded)));
      } else {
        to.input(
            new Input.Claimed(
                author,
                ClaimMessage.decode(Announcer.id(author), encoded.toByteArray()),
                sign(author, Saying.Kind.CLAIMS, encoded)));
      }
    } catch (WireException | io.minga.crdt.wire.MalformedException wrong) {
      throw new IllegalStateException(wrong);
    }
  }

  /** Gossip with a signature, which nobody here would forge. */
  static Saying sign(PeerId author, Saying.Kind kind, Bytes message) {
    return new Saying(author, kind, message, proof(author, message));
  }

  private static Bytes proof(PeerId author, Bytes message) {
    return Bytes.utf8("%s says %s".formatted(author, message.hashCode()));
  }

  private void verified(House house, Effect.Verify verify) {
    List<Input> proven = new ArrayList<>();
    for (Effect.Unproven each : verify.all()) {
      Saying saying = each.saying();
      PeerId author = Objects.requireNonNull(saying.author());
      proofs++;
      if (saying.proof().equals(proof(author, saying.message()))) {
        proven.add(each.input());
      }
    }
    house.inputs(proven);
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
      if (calls.stream().noneMatch(call -> call.outcomes.isEmpty())) {
        return true;
      }
      pass(10);
    }
    return calls.stream().noneMatch(call -> call.outcomes.isEmpty());
  }
}
