package io.minga.node.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.crdt.claims.ClaimDelta;
import io.minga.crdt.claims.ClaimMessage;
import io.minga.crdt.claims.IndexSet;
import io.minga.crdt.claims.Phase;
import io.minga.crdt.sync.Prefix;
import io.minga.crdt.sync.SyncMessage;
import io.minga.crdt.wire.Digest;
import io.minga.crdt.wire.Id;
import io.minga.crdt.wire.MalformedException;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import io.minga.node.task.Announcement;
import io.minga.node.task.Batch;
import io.minga.node.task.BatchBuilder;
import io.minga.node.task.BatchHeader;
import io.minga.node.task.BatchName;
import io.minga.node.task.FunctionName;
import io.minga.node.task.LoadReport;
import io.minga.node.task.Outcome;
import io.minga.node.task.Policy;
import io.minga.node.task.ResultsBuilder;
import io.minga.node.task.Saying;
import io.minga.node.task.TaskLimits;
import io.minga.node.task.WorkFrame;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever well-formed things a peer says, in whatever order: nothing throws, what is kept stays
 * small, and the calls of others end.
 */
final class HostilePeerTest {
  private static final int SEEDS = Integer.getInteger("seeds", 20);
  private static final int INPUTS = 3_000;
  private static final int AUTHORS = 300;
  private static final int KEPT_MAX = 60_000;

  static LongStream seeds() {
    Long one = Long.getLong("seed");
    return one != null ? LongStream.of(one) : LongStream.rangeClosed(1, SEEDS);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void hostilePeer_stopsNobody(long seed) throws Exception {
    Storm storm = new Storm(seed);
    storm.rage();
    storm.check();
  }

  private static NodeOptions options(int slots) {
    NodeOptions of = NodeOptions.of("lab", slots);
    NodeOptions.Limits limits =
        new NodeOptions.Limits(
            100_000, 2_000, 4 << 20, 200, 64, 4 << 20, 32, 20, 1 << 20, 1 << 20, 128);
    return new NodeOptions(
        of.network(),
        slots,
        of.tags(),
        of.cores(),
        of.memoryMib(),
        of.version(),
        of.tasks(),
        of.schedule(),
        of.claims(),
        limits,
        of.times());
  }

  /** One honest submitter, one honest worker, and a peer that says anything to both. */
  private static final class Storm {
    private final long seed;
    private final SplittableRandom random;
    private final Village village;
    private final TaskLimits limits = TaskLimits.defaults();
    private final House submitter;
    private final House worker;
    private final House hostile;
    private final List<Call> calls = new ArrayList<>();
    private final List<Batch> batches = new ArrayList<>();
    private long number;

    Storm(long seed) {
      this.seed = seed;
      this.village = new Village(seed);
      this.random = new SplittableRandom(seed);
      this.submitter = village.add(0, 1, options(0));
      this.worker = village.add(2, 1, options(2), Village.WORK);
      this.hostile = village.add(0, 1, options(0));
    }

    void rage() throws Exception {
      village.meet(300);
      for (int i = 0; i < INPUTS; i++) {
        House to = random.nextBoolean() ? submitter : worker;
        Input input = anything(to);
        try {
          to.input(input);
        } catch (RuntimeException thrown) {
          throw new AssertionError("seed %d, input %d: %s".formatted(seed, i, input), thrown);
        }
        if (random.nextInt(100) == 0) {
          int count = 1 + random.nextInt(300);
          if (random.nextBoolean()) {
            calls.addAll(submitter.submit(Village.WORK, count, 500, random.nextBoolean()));
          } else {
            calls.addAll(
                submitter.memoized(
                    Village.WORK, Collections.nCopies(count, 1 + random.nextInt(9)), true));
          }
        }
        if (random.nextInt(4) == 0) {
          village.pass(random.nextInt(20));
        }
      }
    }

    void check() throws Exception {
      village.kill(hostile);
      village.passUntilDone(calls, 120_000);
      for (Call call : calls) {
        assertThat(call.outcomes).as("seed %d: outcomes of a call", seed).hasSize(1);
      }
      village.pass(40_000);
      for (House house : List.of(submitter, worker)) {
        assertThat(house.core.isIdle()).as("seed %d: %d is idle", seed, house.number).isTrue();
        assertThat(kept(house.core)).as("seed %d: things kept", seed).isLessThan(KEPT_MAX);
      }
      List<Call> last = submitter.submit(Village.WORK, 300, 500, true);
      assertThat(village.passUntilDone(last, 30_000)).as("seed %d", seed).isTrue();
      Village.assertAllSucceeded(last);
    }

    private Input anything(House to) throws Exception {
      int author = random.nextInt(3) == 0 ? 1_000 + random.nextInt(AUTHORS) : hostile.number;
      PeerId peer = Village.peer(author);
      return switch (random.nextInt(16)) {
        case 0 -> new Input.Loaded(peer, load());
        case 1 -> new Input.Announced(peer, announcement(peer));
        case 2, 3, 4 -> new Input.Claimed(peer, claim(peer, to));
        case 5 -> author == hostile.number ? new Input.Loaded(peer, load()) : connection(peer);
        default -> new Input.Received(hostile.peer, WorkFrame.decode(limits, frame().encode()));
      };
    }

    private Input connection(PeerId peer) {
      return random.nextInt(3) > 0 ? new Input.Connected(peer) : new Input.Disconnected(peer);
    }

    private WorkFrame frame() throws Exception {
      return switch (random.nextInt(18)) {
        case 0, 1, 2 -> push();
        case 3, 4 -> {
          IndexSet all = indexes(256);
          IndexSet taken = all.and(indexes(256));
          IndexSet refused = all.andNot(taken);
          WorkFrame.Refusal reason = refused.isEmpty() ? null : any(WorkFrame.Refusal.values());
          yield new WorkFrame.Taken(
              name(), taken, refused, reason, random.nextInt(9), random.nextInt(3));
        }
        case 5, 6, 7 -> results();
        case 8 -> new WorkFrame.Acked(List.of(part()));
        case 9 -> new WorkFrame.CancelTasks(List.of(part(), part()));
        case 10 -> new WorkFrame.Parked(List.of(part()));
        case 11 ->
            new WorkFrame.Way(Village.peer(random.nextInt(9)), any(WorkFrame.Way.State.values()));
        case 12 -> new WorkFrame.Carry(Village.peer(random.nextInt(9)), frame().encode());
        case 13 -> new WorkFrame.Carried(Village.peer(random.nextInt(9)), frame().encode());
        case 14, 15 -> compare();
        case 16 -> tell();
        default -> new WorkFrame.Hello(random.nextInt(5) == 0 ? "other" : "lab", load());
      };
    }

    private WorkFrame compare() {
      Digest digest = new Digest(random.nextLong(2), random.nextLong(2));
      Id id = Id.of(batch(hostile.peer).cid().toBytes().toByteArray());
      SyncMessage.Part part =
          switch (random.nextInt(3)) {
            case 0 -> new SyncMessage.Whole(Prefix.ALL, digest);
            case 1 -> new SyncMessage.Split(Prefix.ALL, Collections.nCopies(16, digest));
            default ->
                new SyncMessage.Listed(Prefix.ALL, List.of(new SyncMessage.Item(id, digest)));
          };
      return new WorkFrame.Compare(
          1 + random.nextInt(3),
          random.nextInt(4) > 0,
          new SyncMessage(
              random.nextInt(3) == 0 ? List.of() : List.of(part),
              random.nextBoolean() ? List.of(id) : List.of()));
    }

    private WorkFrame tell() throws Exception {
      PeerId author = Village.peer(1_000 + random.nextInt(AUTHORS));
      Bytes announced = announcement(author).encode(author);
      Bytes claims = Bytes.copyOf(claim(hostile.peer, submitter).encode());
      Bytes forged = Bytes.utf8("it says so");
      List<Saying> sayings =
          List.of(
              new Saying(author, Saying.Kind.ANNOUNCEMENT, announced, forged),
              VillageGossip.sign(author, Saying.Kind.ANNOUNCEMENT, announced),
              Saying.own(Saying.Kind.CLAIMS, claims));
      Id id = Id.of(batch(hostile.peer).cid().toBytes().toByteArray());
      return new WorkFrame.Tell(sayings, List.of(id, id), random.nextBoolean());
    }

    private WorkFrame push() {
      if (random.nextInt(4) == 0) {
        return new WorkFrame.Push(1 + random.nextInt(40), null, indexes(256), epoch());
      }
      Batch batch = batch(random.nextInt(5) == 0 ? submitter.peer : hostile.peer);
      IndexSet some = indexes(batch.indexes());
      return new WorkFrame.Push(1 + random.nextInt(40), batch, some, epoch(), random.nextInt(3));
    }

    private Batch batch(PeerId author) {
      if (!batches.isEmpty() && random.nextInt(3) == 0) {
        return batches.get(random.nextInt(batches.size()));
      }
      long now = 1_700_000_000_000L + village.nowNanos / 1_000_000;
      Policy policy =
          random.nextInt(3) > 0
              ? Policy.DEFAULT
              : new Policy(
                  random.nextInt(10),
                  random.nextLong(2) * (1 + random.nextInt(50)),
                  1 + random.nextInt(3),
                  Policy.DEFAULT.requires(),
                  Policy.DEFAULT.placement(),
                  1,
                  1,
                  random.nextInt(4) == 0,
                  random.nextInt(4) == 0,
                  "tenant-" + random.nextInt(9));
      BatchHeader header =
          new BatchHeader(
              random.nextInt(20) == 0 ? "other" : "lab",
              author,
              random.nextInt(3),
              number++,
              now,
              now + 1 + random.nextInt(20_000),
              policy);
      BatchBuilder builder = new BatchBuilder(limits, header);
      for (int i = random.nextInt(random.nextBoolean() ? 4 : 256); i >= 0; i--) {
        FunctionName function = random.nextInt(50) == 0 ? Village.MUTE : Village.WORK;
        if (random.nextBoolean()) {
          builder.addSalted(function, Village.input(random.nextInt(900)), random.nextLong());
        } else {
          builder.addMemoizable(function, Village.input(random.nextInt(9)), List.of());
        }
      }
      Batch batch = builder.build();
      if (batches.size() < 60) {
        batches.add(batch);
      }
      return batch;
    }

    private WorkFrame results() throws WireException {
      ResultsBuilder builder = new ResultsBuilder(limits);
      for (int group = random.nextInt(3); group >= 0; group--) {
        builder.begin(name(), epoch());
        int micros = random.nextInt(4) == 0 ? Integer.MAX_VALUE : random.nextInt(1_000);
        indexes(256).forEach(index -> builder.add(index, outcome(), micros));
      }
      return WorkFrame.decode(limits, builder.build());
    }

    private Outcome outcome() {
      return random.nextBoolean()
          ? new Outcome.Value(Village.input(random.nextInt()))
          : new Outcome.Failure(any(Outcome.Kind.values()), "", "", "");
    }

    private Announcement announcement(PeerId author) throws WireException {
      Batch batch = batch(author);
      PeerId signer = random.nextInt(5) == 0 ? author : batch.header().submitter();
      Announcement said = Announcement.of(limits, batch, random.nextInt(100_000), List.of());
      return Announcement.decode(limits, said.encode(signer), signer);
    }

    private ClaimMessage claim(PeerId author, House to) throws MalformedException {
      List<Cid> known = new ArrayList<>();
      batches.forEach(batch -> known.add(batch.cid()));
      known.addAll(village.gossip.announced);
      Cid batch = known.isEmpty() ? batch(author).cid() : known.get(random.nextInt(known.size()));
      PeerId claimant = random.nextInt(9) == 0 ? to.peer : author;
      Phase phase = any(Phase.values());
      int epoch = phase == Phase.SETTLED ? 0 : epoch();
      ClaimDelta.Entry entry = new ClaimDelta.Entry(phase, epoch, indexes(256));
      ClaimDelta delta =
          new ClaimDelta(
              Id.of(batch.toBytes().toByteArray()), Announcer.id(claimant), List.of(entry));
      byte[] message = new ClaimMessage(List.of(delta)).encode();
      return ClaimMessage.decode(Announcer.id(claimant), message);
    }

    private LoadReport load() throws WireException {
      List<LoadReport.FunctionLoad> functions = new ArrayList<>();
      for (int i = random.nextInt(4); i > 0; i--) {
        FunctionName function =
            random.nextBoolean() ? Village.WORK : new FunctionName("f" + random.nextInt(10_000));
        if (functions.stream().noneMatch(it -> it.function().equals(function))) {
          functions.add(
              new LoadReport.FunctionLoad(
                  function,
                  random.nextInt(3) == 0 ? Long.MAX_VALUE : random.nextInt(99),
                  random.nextInt(3) == 0 ? Long.MAX_VALUE : random.nextInt(99),
                  random.nextInt(2_000)));
        }
      }
      int slots = random.nextInt(random.nextBoolean() ? 2 : 1 << 20);
      LoadReport report =
          new LoadReport(
              random.nextInt(4) == 0 ? random.nextLong() >>> 1 : 7,
              number++,
              slots,
              random.nextInt(slots + 1),
              random.nextInt(3) == 0 ? Long.MAX_VALUE : random.nextInt(99),
              random.nextInt(3) == 0 ? Long.MAX_VALUE : random.nextInt(99),
              random.nextInt(3),
              random.nextBoolean(),
              functions,
              List.of(),
              random.nextInt(64),
              random.nextInt(9_999),
              random.nextInt(9) == 0,
              "");
      return LoadReport.decode(limits, report.encode(limits));
    }

    private BatchName name() {
      return batches.isEmpty() || random.nextBoolean()
          ? new BatchName.Ref(1 + random.nextInt(40))
          : new BatchName.ByCid(batches.get(random.nextInt(batches.size())).cid());
    }

    private WorkFrame.Part part() {
      return new WorkFrame.Part(name(), indexes(256), random.nextBoolean() ? 0 : epoch());
    }

    private int epoch() {
      return random.nextInt(3) == 0 ? Integer.MAX_VALUE : 1 + random.nextInt(3);
    }

    /** At least one. */
    private IndexSet indexes(int end) {
      int from = random.nextInt(end);
      return random.nextBoolean()
          ? IndexSet.of(from)
          : IndexSet.range(from, from + 1 + random.nextInt(end - from));
    }

    private <T> T any(T[] choices) {
      return choices[random.nextInt(choices.length)];
    }
  }

  /** How many elements there are in all collections that can be reached from {@code root}. */
  private static long kept(Object root) throws IllegalAccessException {
    Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Deque<Object> open = new ArrayDeque<>();
    open.add(root);
    long elements = 0;
    for (Object next = open.poll(); next != null; next = open.poll()) {
      if (!seen.add(next)) {
        continue;
      }
      if (next instanceof Map<?, ?> map) {
        elements += map.size();
        add(open, map.keySet());
        add(open, map.values());
      } else if (next instanceof Collection<?> collection) {
        elements += collection.size();
        add(open, collection);
      } else if (next.getClass().getName().startsWith("io.minga.")) {
        for (Class<?> type = next.getClass(); type != null; type = type.getSuperclass()) {
          if (type.getName().startsWith("io.minga.")) {
            for (Field field : type.getDeclaredFields()) {
              if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
                field.setAccessible(true);
                Object value = field.get(next);
                if (value != null) {
                  open.add(value);
                }
              }
            }
          }
        }
      }
    }
    return elements;
  }

  private static void add(Deque<Object> open, Collection<?> elements) {
    for (Object element : elements) {
      if (element != null) {
        open.add(element);
      }
    }
  }
}
