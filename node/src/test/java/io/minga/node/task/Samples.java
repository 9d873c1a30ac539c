package io.minga.node.task;

import io.minga.crdt.claims.IndexSet;
import io.minga.crdt.sync.Prefix;
import io.minga.crdt.sync.SyncMessage;
import io.minga.crdt.wire.Digest;
import io.minga.crdt.wire.Id;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;

/** Records to test with: fixed ones, and any ones from a seed. */
final class Samples {
  static final TaskLimits LIMITS = TaskLimits.defaults();
  static final PeerId ALICE = peer("11");
  static final PeerId BOB = peer("22");
  static final FunctionName NOOP = new FunctionName("noop");
  static final BatchHeader HEADER = header(Policy.DEFAULT);
  static final Cid CONTENT = TaskCid.ofContent(Bytes.utf8("content"));

  private Samples() {}

  static PeerId peer(String digit) {
    try {
      return PeerId.decode(Bytes.fromHex("0024" + "08011220" + digit.repeat(32)));
    } catch (WireException impossible) {
      throw new AssertionError(impossible);
    }
  }

  static BatchHeader header(Policy policy) {
    return new BatchHeader("lab", ALICE, 0x0102030405060708L, 7, 1_000, 61_000, policy);
  }

  static Batch batch(int tasks) {
    BatchBuilder builder = new BatchBuilder(LIMITS, HEADER);
    for (int i = 0; i < tasks; i++) {
      builder.addSalted(NOOP, Payload.of(Bytes.EMPTY), i);
    }
    return builder.build();
  }

  static long[] seeds() {
    Long replayed = Long.getLong("seed");
    if (replayed != null) {
      return new long[] {replayed};
    }
    long[] seeds = new long[200];
    for (int i = 0; i < seeds.length; i++) {
      seeds[i] = i;
    }
    return seeds;
  }

  private static <T> T any(Random random, T[] choices) {
    return choices[random.nextInt(choices.length)];
  }

  static Bytes bytes(Random random, int lengthMax) {
    byte[] bytes = new byte[random.nextInt(lengthMax + 1)];
    random.nextBytes(bytes);
    return Bytes.copyOf(bytes);
  }

  static Cid batchCid(Random random) {
    return TaskCid.ofMessage(bytes(random, 8));
  }

  static BatchName name(Random random) {
    return random.nextInt(4) == 0
        ? new BatchName.ByCid(batchCid(random))
        : new BatchName.Ref(1 + (random.nextLong() >>> (1 + random.nextInt(62))) / 2);
  }

  static FunctionName function(Random random) {
    return new FunctionName("f." + random.nextInt(5));
  }

  static Payload payload(Random random) {
    return random.nextInt(6) == 0
        ? new Payload.Content(CONTENT, random.nextInt(1 << 26))
        : Payload.of(bytes(random, 40));
  }

  static List<TaskRef> parents(Random random) {
    List<TaskRef> parents = new ArrayList<>();
    for (int n = random.nextInt(8) - 5; n > 0; n--) {
      parents.add(new TaskRef(batchCid(random), random.nextInt(256)));
    }
    return parents;
  }

  static Requirements requirements(Random random) {
    return random.nextBoolean()
        ? Requirements.NONE
        : new Requirements(List.of("gpu", "zone-" + random.nextInt(9)), random.nextInt(9), 512);
  }

  static Policy policy(Random random) {
    if (random.nextBoolean()) {
      return Policy.DEFAULT;
    }
    int replicas = 1 + random.nextInt(3);
    Placement placement =
        random.nextBoolean()
            ? Placement.near(random.nextInt(3))
            : Placement.by(any(random, Placement.Rule.values()));
    return new Policy(
        random.nextInt(10),
        random.nextInt(100_000),
        1 + random.nextInt(9),
        requirements(random),
        placement,
        replicas,
        1 + random.nextInt(replicas),
        replicas == 1 && random.nextBoolean(),
        random.nextBoolean(),
        random.nextBoolean() ? "" : "tenant-" + random.nextInt(9));
  }

  static Batch batch(Random random) {
    BatchBuilder builder = new BatchBuilder(LIMITS, header(policy(random)));
    int tasks = 1 + random.nextInt(random.nextInt(80) + 1);
    for (int i = 0; i < tasks; i++) {
      if (random.nextInt(4) == 0) {
        builder.addMemoizable(function(random), payload(random), parents(random));
      } else {
        builder.addSalted(function(random), payload(random), random.nextLong(), parents(random));
      }
    }
    return builder.build();
  }

  /** At least one index below {@code end}. */
  static IndexSet indexes(Random random, int end) {
    int first = random.nextInt(end);
    if (random.nextBoolean()) {
      return IndexSet.range(first, first + 1 + random.nextInt(end - first));
    }
    TreeSet<Integer> some = new TreeSet<>();
    for (int n = 1 + random.nextInt(end); n > 0; n--) {
      some.add(random.nextInt(end));
    }
    return IndexSet.of(some.stream().mapToInt(Integer::intValue).toArray());
  }

  static Outcome outcome(Random random) {
    return switch (random.nextInt(8)) {
      case 0 ->
          new Outcome.Failure(
              any(random, Outcome.Kind.values()),
              random.nextBoolean() ? "" : "java.lang.IllegalStateException",
              "größer " + random.nextInt(),
              random.nextBoolean() ? "" : "at a\nat b");
      case 1 -> new Outcome.Value(new Payload.Content(CONTENT, random.nextInt(1 << 20)));
      case 2 -> new Outcome.Value(Payload.of(bytes(random, 300)));
      default -> new Outcome.Value(Payload.of(Bytes.of(random.nextInt(2))));
    };
  }

  static LoadReport load(Random random) {
    List<LoadReport.FunctionLoad> functions = new ArrayList<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      functions.add(
          new LoadReport.FunctionLoad(
              new FunctionName("f" + i),
              random.nextInt(9) * 1_000L,
              random.nextInt(999),
              i * 700,
              random.nextInt(3) * 100));
    }
    int slots = random.nextInt(65);
    return new LoadReport(
        random.nextLong() >>> 1,
        random.nextLong() >>> 1,
        slots,
        random.nextInt(slots + 1),
        random.nextInt(9),
        random.nextLong() >>> 20,
        random.nextInt(3),
        random.nextBoolean(),
        functions,
        requirements(random).tags(),
        random.nextInt(64),
        random.nextInt(9_999),
        random.nextBoolean(),
        random.nextBoolean() ? "" : "1.2.3",
        random.nextBoolean(),
        random.nextBoolean());
  }

  static Announcement announcement(Random random) {
    Batch batch = batch(random);
    List<Announcement.Hint> hints = new ArrayList<>();
    int middle = random.nextInt(batch.indexes());
    if (middle > 0) {
      hints.add(new Announcement.Hint(ALICE, IndexSet.range(0, middle)));
      hints.add(new Announcement.Hint(BOB, IndexSet.range(middle, batch.indexes())));
    }
    return Announcement.of(LIMITS, batch, random.nextInt(100_000), hints);
  }

  static WorkFrame.Part part(Random random) {
    int epoch = random.nextBoolean() ? 0 : random.nextInt(Integer.MAX_VALUE);
    return new WorkFrame.Part(name(random), indexes(random, 256), epoch);
  }

  static List<WorkFrame.Part> parts(Random random) {
    List<WorkFrame.Part> parts = new ArrayList<>();
    for (int n = 1 + random.nextInt(5); n > 0; n--) {
      parts.add(part(random));
    }
    return parts;
  }

  static List<WorkFrame.Tokens> tokens(Random random) {
    List<WorkFrame.Tokens> tokens = new ArrayList<>();
    for (WorkFrame.Part part : parts(random)) {
      tokens.add(
          new WorkFrame.Tokens(
              part.batch(), 1 + random.nextInt(300), random.nextBoolean(), part.indexes()));
    }
    return tokens;
  }

  /** Any but results. */
  static WorkFrame workFrame(Random random) {
    long ref = 1L + random.nextInt(100_000);
    return switch (random.nextInt(15)) {
      case 0 -> {
        Batch batch = batch(random);
        yield new WorkFrame.Push(
            ref, batch, indexes(random, batch.indexes()), 1 + random.nextInt(2));
      }
      case 1 ->
          new WorkFrame.Push(
              ref, null, indexes(random, 256), 1 + random.nextInt(200), random.nextInt(1_000));
      case 2 -> {
        IndexSet refused = indexes(random, 256);
        IndexSet taken = indexes(random, 256).andNot(refused);
        yield random.nextBoolean()
            ? new WorkFrame.Taken(
                name(random),
                taken,
                refused,
                any(random, WorkFrame.Refusal.values()),
                random.nextInt(1_000),
                random.nextInt(300))
            : new WorkFrame.Taken(name(random), refused, IndexSet.EMPTY, null, random.nextInt(9));
      }
      case 3 -> new WorkFrame.Acked(parts(random));
      case 4 -> new WorkFrame.CancelTasks(parts(random));
      case 5 -> new WorkFrame.Parked(parts(random));
      case 6 -> {
        IndexSet some = indexes(random, 256);
        IndexSet rest = IndexSet.range(0, 256).andNot(some);
        List<WorkFrame.Share> shares = new ArrayList<>();
        shares.add(new WorkFrame.Share(2 + random.nextInt(3), some));
        if (!rest.isEmpty() && random.nextBoolean()) {
          shares.add(new WorkFrame.Share(300, rest));
        }
        yield new WorkFrame.Hold(batchCid(random), random.nextBoolean() ? ALICE : BOB, shares);
      }
      case 7 -> new WorkFrame.Renew(ref, tokens(random));
      case 8 -> new WorkFrame.Lease(ref, 1 + random.nextInt(3_600_000), tokens(random));
      case 9 -> new WorkFrame.Way(BOB, any(random, WorkFrame.Way.State.values()));
      case 10 -> new WorkFrame.Carry(ALICE, new WorkFrame.Acked(parts(random)).encode());
      case 11 -> new WorkFrame.Carried(BOB, new WorkFrame.Acked(parts(random)).encode());
      case 12 -> new WorkFrame.Compare(ref, random.nextBoolean(), syncMessage(random));
      case 13 -> tell(random);
      default -> new WorkFrame.Hello("lab", load(random));
    };
  }

  private static SyncMessage syncMessage(Random random) {
    Id id = Id.of(batchCid(random).toBytes().toByteArray());
    Digest digest = new Digest(random.nextLong(), random.nextLong());
    SyncMessage.Part part =
        switch (random.nextInt(3)) {
          case 0 -> new SyncMessage.Whole(Prefix.ALL, digest);
          case 1 -> new SyncMessage.Split(Prefix.ALL, Collections.nCopies(16, digest));
          default -> new SyncMessage.Listed(Prefix.ALL, List.of(new SyncMessage.Item(id, digest)));
        };
    return new SyncMessage(
        random.nextInt(4) == 0 ? List.of() : List.of(part),
        random.nextBoolean() ? List.of() : List.of(id));
  }

  static WorkFrame.Tell tell(Random random) {
    Bytes announcement = announcement(random).encode(ALICE);
    Bytes proof = Bytes.fromHex("0a080000000000000001");
    List<Saying> sayings =
        List.of(
            Saying.own(Saying.Kind.ANNOUNCEMENT, announcement),
            new Saying(BOB, Saying.Kind.CLAIMS, Bytes.fromHex("0a00"), proof));
    Id id = Id.of(batchCid(random).toBytes().toByteArray());
    return new WorkFrame.Tell(
        sayings.subList(random.nextInt(2), 2),
        random.nextBoolean() ? List.of() : List.of(id),
        random.nextBoolean());
  }

  static MoveFrame moveFrame(Random random) {
    long exchange = random.nextInt(1_000);
    return switch (random.nextInt(4)) {
      case 0 ->
          new MoveFrame.Want(
              exchange, random.nextInt(1 << 30), List.of(function(random), function(random)));
      case 1 -> {
        IndexSet some = indexes(random, 100);
        List<MoveFrame.Lot> lots = new ArrayList<>();
        lots.add(new MoveFrame.Lot(batchCid(random), BOB, 1, some, 0));
        lots.add(new MoveFrame.Lot(CONTENT_BATCH, ALICE, 3, some, random.nextInt(1 << 30)));
        Announcement about = Announcement.of(TaskLimits.defaults(), batch(2), 0, List.of());
        lots.add(
            new MoveFrame.Lot(
                batch(2).cid(),
                batch(2).header().submitter(),
                1,
                IndexSet.of(0),
                7,
                random.nextBoolean() ? about : about.withoutBlock()));
        yield new MoveFrame.Offer(exchange, lots);
      }
      case 2 ->
          new MoveFrame.Accept(
              exchange, List.of(new MoveFrame.Part(batchCid(random), indexes(random, 256))));
      default -> new MoveFrame.Decline(exchange, random.nextInt(1 << 30));
    };
  }

  static Tries tries(Random random) {
    return Tries.of(
        IndexSet.range(random.nextInt(5), 6 + random.nextInt(9)),
        index ->
            new Tries.Count(
                1 + random.nextInt(3),
                random.nextInt(3),
                random.nextInt(2),
                random.nextInt(2000),
                random.nextInt(2)));
  }

  static CopyFrame copyFrame(Random random) {
    Cid batch = batchCid(random);
    return switch (random.nextInt(11)) {
      case 0 -> {
        Batch kept = batch(random);
        long offset = random.nextInt(3) * 256L;
        long total = offset + kept.size() + random.nextInt(3);
        yield new CopyFrame.Keep(1 + random.nextInt(9), total, offset, holders(random), kept);
      }
      case 1 -> new CopyFrame.Kept(batch);
      case 2 -> new CopyFrame.Declined(batch, any(random, CopyFrame.Why.values()));
      case 3 -> new CopyFrame.Holders(batch, holders(random));
      case 4 -> new CopyFrame.Over(List.of(batch, batchCid(random)));
      case 5 ->
          random.nextBoolean()
              ? new JobFrame.Ask(1 + random.nextInt(9), 0, 0, null, 0)
              : new JobFrame.Ask(
                  1, random.nextLong(), 1 + random.nextInt(9), ALICE, random.nextInt(1000));
      case 6 -> new JobFrame.Known(7, List.of(standing(random), standing(random)));
      case 7 -> new JobFrame.Ends(8, 1 + random.nextInt(256), IndexSet.EMPTY, null);
      case 8 -> new CopyFrame.Tried(batch, tries(random));
      default -> {
        List<CopyFrame.Part> parts = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
          IndexSet ended = random.nextBoolean() ? IndexSet.EMPTY : indexes(random, 256);
          IndexSet confirmed = random.nextBoolean() ? IndexSet.EMPTY : ended;
          parts.add(
              new CopyFrame.Part(
                  batchCid(random),
                  random.nextLong(),
                  1 + random.nextInt(9),
                  random.nextInt(1000),
                  256,
                  ended,
                  confirmed,
                  random.nextBoolean() ? 0 : random.nextLong()));
        }
        yield new CopyFrame.Have(random.nextBoolean(), parts);
      }
    };
  }

  private static JobFrame.Standing standing(Random random) {
    List<TaskRuns.Run> runs = new ArrayList<>();
    long end = random.nextInt(2);
    for (int i = random.nextInt(4); i > 0; i--) {
      runs.add(new TaskRuns.Run(end, end + 1 + random.nextInt(500)));
      end = runs.get(runs.size() - 1).to() + 1 + random.nextInt(500);
    }
    long ended = new TaskRuns(runs).size();
    return new JobFrame.Standing(
        BOB,
        random.nextLong(),
        1 + random.nextInt(9),
        NOOP,
        end + 1,
        0,
        ended,
        random.nextInt((int) ended + 1),
        random.nextInt(1000),
        random.nextInt(1000),
        new TaskRuns(runs));
  }

  private static List<PeerId> holders(Random random) {
    return List.of(ALICE, BOB).subList(0, random.nextInt(3));
  }

  private static final Cid CONTENT_BATCH = TaskCid.ofMessage(Bytes.utf8("another batch"));

  static BlockFrame blockFrame(Random random) {
    return switch (random.nextInt(4)) {
      case 0 ->
          new BlockFrame.Get(
              random.nextBoolean() ? CONTENT : batchCid(random), random.nextInt(2) * 65_536L);
      case 1 -> new BlockFrame.Header(random.nextInt(1 << 26));
      case 2 -> new BlockFrame.Chunk(Bytes.utf8("c").concat(bytes(random, 500)));
      default -> new BlockFrame.Missing();
    };
  }
}
