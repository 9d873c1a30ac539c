package io.minga.node.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.crdt.claims.ClaimDelta;
import io.minga.crdt.claims.ClaimMessage;
import io.minga.crdt.claims.ClaimOptions;
import io.minga.crdt.claims.IndexSet;
import io.minga.crdt.claims.Phase;
import io.minga.crdt.wire.Digest;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.Bytes;
import io.minga.node.task.Announcement;
import io.minga.node.task.Batch;
import io.minga.node.task.BatchBuilder;
import io.minga.node.task.BatchHeader;
import io.minga.node.task.Policy;
import io.minga.node.task.Saying;
import io.minga.node.task.WorkFrame;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Peers that compare their claims come to know the same, whatever gossip has kept from them. */
final class ComparingTest {
  private static final int LONG_MICROS = 1_000_000_000;
  private static final int MANY = Integer.getInteger("batches", 3_000);
  private static final List<Phase> PHASES = List.of(Phase.values());

  private final Village village = new Village(11);
  private long compareBytes;
  private int compares;
  private long tellBytes;
  private int tells;

  static LongStream seeds() {
    Long one = Long.getLong("seed");
    return one != null
        ? LongStream.of(one)
        : LongStream.rangeClosed(1, Integer.getInteger("seeds", 8));
  }

  private void count(Effect effect) {
    if (effect instanceof Effect.Send send) {
      WorkFrame frame = Frames.read(send);
      if (frame instanceof WorkFrame.Compare) {
        compares++;
        compareBytes += send.frame().length();
      } else if (frame instanceof WorkFrame.Tell) {
        tells++;
        tellBytes += send.frame().length();
      }
    }
  }

  private void counts() {
    village.watcher = (house, effect) -> count(effect);
  }

  private static boolean agree(List<House> houses) {
    Digest first = null;
    for (House house : houses) {
      if (house.alive) {
        Digest digest = house.core.claimsDigest();
        if (first != null && !first.equals(digest)) {
          return false;
        }
        first = digest;
      }
    }
    return true;
  }

  /** Lets time pass until all agree, at most so long. */
  private static boolean passUntilAgreed(Village village, long millisMost) {
    for (long passed = 0; passed < millisMost && !agree(village.houses); passed += 100) {
      village.pass(100);
    }
    return agree(village.houses);
  }

  // What is known of nobody who is there.

  private Batch batch(PeerId submitter, long sequence) {
    long now = 1_700_000_000_000L;
    BatchHeader header =
        new BatchHeader("lab", submitter, 1, sequence, now, now + 86_400_000, Policy.DEFAULT);
    BatchBuilder builder = new BatchBuilder(village.limits, header);
    for (int i = 0; i < 8; i++) {
      builder.addSalted(Village.WORK, Village.input(i), i);
    }
    return builder.build();
  }

  private Input announced(Batch batch) {
    PeerId author = batch.header().submitter();
    Announcement said = Announcement.of(village.limits, batch, 0, List.of());
    return new Input.Announced(
        author, said, VillageGossip.sign(author, Saying.Kind.ANNOUNCEMENT, said.encode(author)));
  }

  private static Input claimed(PeerId author, Batch batch, Phase phase, int epoch, IndexSet its) {
    ClaimDelta.Entry entry = new ClaimDelta.Entry(phase, epoch, its);
    ClaimDelta delta =
        new ClaimDelta(Announcer.id(batch.cid()), Announcer.id(author), List.of(entry));
    ClaimMessage message = new ClaimMessage(List.of(delta));
    Saying signed = VillageGossip.sign(author, Saying.Kind.CLAIMS, Bytes.copyOf(message.encode()));
    return new Input.Claimed(author, message, signed);
  }

  // Splits.

  @ParameterizedTest
  @MethodSource("seeds")
  void halvesThatWereSplit_agreeWithinTenSeconds(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Village village = new Village(seed);
    village.loud = true;
    village.lossless = true;
    int size = 4 + random.nextInt(5);
    for (int i = 0; i < size; i++) {
      village.add(1 + random.nextInt(3), 1, Village.WORK);
    }
    village.meet(3_000);
    village.houses.get(0).submit(Village.WORK, 60, LONG_MICROS, true);
    village.pass(2_000);
    int half = 2 + random.nextInt(size - 3);
    for (House one : village.houses.subList(0, half)) {
      village.houses.subList(half, size).forEach(other -> village.roads.cut(one, other));
    }
    village.houses.get(1).submit(Village.WORK, 40, LONG_MICROS, true);
    village.houses.get(size - 1).submit(Village.WORK, 40, LONG_MICROS, true);
    village.pass(12_000);
    if (random.nextBoolean()) {
      village.kill(village.houses.get(size - 1)); // who can tell of its claims no more
      village.pass(5_000);
    }
    assertThat(agree(village.houses)).isFalse();

    village.roads.heal();

    assertThat(passUntilAgreed(village, 10_000)).as("seed %d", seed).isTrue();
    assertThat(village.houses.get(0).core.claimsDigest()).isNotEqualTo(Digest.NONE);
    village.houses.forEach(house -> assertThat(house.misbehaved).isEmpty());
  }

  @Test
  void gossipThatReachesNobody_isMadeUpFor() {
    village.loud = true;
    village.lossless = true;
    House mute = village.add(1, 1, Village.WORK);
    village.add(1, 1, Village.WORK);
    village.add(1, 1, Village.WORK);
    village.gossip.mute.add(mute);
    village.meet(10_000); // what was known when they were connected is compared by now
    mute.submit(Village.WORK, 30, LONG_MICROS, true);
    village.pass(6_000);
    assertThat(agree(village.houses)).isFalse();

    assertThat(passUntilAgreed(village, 300_000)).isTrue();
    assertThat(mute.core.claimsDigest()).isNotEqualTo(Digest.NONE);
  }

  @Test
  void whatTheDeadHaveSaid_isHandedOn() {
    village.loud = true;
    village.lossless = true;
    House author = village.add(1, 1, Village.WORK);
    House witness = village.add(1, 1, Village.WORK);
    House late = village.add(1, 1, Village.WORK);
    village.roads.cut(author, late);
    village.roads.cut(witness, late);
    village.meet(3_000);
    author.submit(Village.WORK, 30, LONG_MICROS, true);
    village.pass(3_000);
    village.kill(author);
    village.pass(3_000);
    village.roads.heal();

    assertThat(passUntilAgreed(village, 10_000)).isTrue();
    assertThat(late.core.claimsDigest()).isNotEqualTo(Digest.NONE);
    assertThat(village.gossip.proofs).isPositive();
  }

  /** A submitter, a worker, and one who is cut off for so long while the job ends. */
  private List<House> oneMissesTheEnd(long millis) {
    village.loud = true;
    village.lossless = true;
    House author = village.add(0, 1);
    House worker = village.add(2, 1, Village.WORK);
    House late = village.add(0, 1);
    village.meet(3_000);
    author.submit(Village.WORK, 30, 400_000, true);
    village.pass(2_000);
    village.roads.cut(author, late);
    village.roads.cut(worker, late);
    village.pass(millis);
    assertThat(worker.core.claimsDigest()).isEqualTo(Digest.NONE);
    assertThat(late.core.claimsDigest()).isNotEqualTo(Digest.NONE);
    return village.houses;
  }

  @Test
  void whoMissedTheEnd_hearsOfIt_fromAnybody() {
    List<House> houses = oneMissesTheEnd(60_000);
    village.kill(houses.get(0));
    village.roads.heal();

    assertThat(passUntilAgreed(village, 10_000)).isTrue();
    assertThat(houses.get(2).core.claimsDigest()).isEqualTo(Digest.NONE);
  }

  /** Nobody else can prove it any more. */
  @Test
  void whoMissedTheEnd_longerThanAnybodyRemembersIt_hearsOfIt_fromTheSubmitter() {
    List<House> houses = oneMissesTheEnd(ClaimOptions.defaults().retention().toMillis() + 120_000);
    village.roads.heal();

    assertThat(passUntilAgreed(village, 10_000)).isTrue();
    assertThat(houses.get(2).core.claimsDigest()).isEqualTo(Digest.NONE);
  }

  /** Whoever heard of what, and whoever is connected with whom: in the end all know all. */
  @ParameterizedTest
  @MethodSource("seeds")
  void anythingThatAnybodyHeard_getsToAll(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Village village = new Village(seed);
    int size = 2 + random.nextInt(9);
    for (int i = 0; i < size; i++) {
      village.add(0, 1);
    }
    int authors = 1 + random.nextInt(5);
    for (int i = random.nextInt(200); i >= 0; i--) {
      PeerId submitter = Village.peer(1_000 + random.nextInt(authors));
      Batch batch = batch(submitter, i);
      List<Input> said = new ArrayList<>();
      for (int n = random.nextInt(8); n > 0; n--) {
        Phase phase = PHASES.get(random.nextInt(PHASES.size()));
        boolean settles = phase == Phase.SETTLED;
        PeerId author = settles ? submitter : Village.peer(1_000 + random.nextInt(authors));
        int from = random.nextInt(8);
        IndexSet its = IndexSet.range(from, from + 1 + random.nextInt(8 - from));
        said.add(claimed(author, batch, phase, settles ? 0 : 1 + random.nextInt(3), its));
      }
      House first = village.houses.get(random.nextInt(size));
      first.input(announced(batch));
      for (Input each : said) {
        House to = random.nextInt(3) == 0 ? first : village.houses.get(random.nextInt(size));
        to.input(announced(batch));
        to.input(each);
      }
    }
    for (int i = 1; i < size; i++) {
      village.roads.connect(village.houses.get(i), village.houses.get(random.nextInt(i)));
    }

    assertThat(passUntilAgreed(village, 3_600_000)).as("seed %d", seed).isTrue();
    assertThat(village.nowNanos / 1e9).as("seed %d: seconds", seed).isLessThan(300);
    village.houses.forEach(house -> assertThat(house.misbehaved).isEmpty());
  }

  // Costs.

  /** Three that agree; then one hears of a batch, and tells another when they next compare. */
  private int comparesAfterOneWasTold(boolean gossipBringsItToo) {
    counts();
    for (int i = 0; i < 3; i++) {
      village.add(0, 1);
    }
    village.meet(10_000);
    Batch batch = batch(Village.peer(1_000), 1);
    List<Input> said =
        List.of(
            announced(batch),
            claimed(Village.peer(1_001), batch, Phase.HELD, 1, IndexSet.range(0, 8)));
    said.forEach(village.houses.get(0)::input);
    while (village.houses.stream().filter(it -> it.core.claimsDigest().equals(Digest.NONE)).count()
        > 1) {
      village.pass(100);
    }
    if (gossipBringsItToo) {
      village.houses.forEach(house -> said.forEach(house::input));
    }
    compares = 0;
    village.pass(5_000);
    return compares;
  }

  @Test
  void whatIsNew_isComparedWithOthers() {
    assertThat(comparesAfterOneWasTold(false)).isPositive();
  }

  @Test
  void whatGossipBringsAMomentLater_isNot() {
    assertThat(comparesAfterOneWasTold(true)).isZero();
  }

  @Test
  void peersThatAgree_exchangeADigestOnly() {
    counts();
    House one = village.add(0, 1);
    House other = village.add(0, 1);
    for (int i = 0; i < 1_000; i++) {
      Batch batch = batch(Village.peer(1_000), i);
      one.input(announced(batch));
      other.input(announced(batch));
    }
    village.meet(4_000);

    assertThat(tells).isZero();
    assertThat(compares).isEqualTo(3);
    assertThat(compareBytes).isLessThan(64);
  }

  @Test
  void peersThatKnowOfNothing_exchangeNothing() {
    counts();
    village.add(0, 1);
    village.add(0, 1);
    village.meet(300_000);

    assertThat(compares).isZero();
  }

  @Test
  void cost_growsWithTheDifference_notWithWhatIsKnown() {
    long few = cost(200, 10);
    long many = cost(MANY, 10);
    long more = cost(MANY, 100);

    assertThat(many).as("15 times as many").isLessThan(3 * few);
    assertThat(more).as("10 times the difference").isLessThan(13 * many);
  }

  /** What it takes two peers to agree that know of so many batches and differ in some. */
  private static long cost(int batches, int different) {
    ComparingTest test = new ComparingTest();
    test.counts();
    House one = test.village.add(0, 1);
    House other = test.village.add(0, 1);
    for (int i = 0; i < batches; i++) {
      Batch batch = test.batch(Village.peer(1_000), i);
      one.input(test.announced(batch));
      other.input(test.announced(batch));
      if (i % (batches / different) == 0) {
        PeerId author = Village.peer(2_000);
        one.input(claimed(author, batch, Phase.HELD, 1, IndexSet.of(0, 1)));
      }
    }
    test.village.connectAll();
    assertThat(passUntilAgreed(test.village, 10_000)).isTrue();
    if (Boolean.getBoolean("gauge")) {
      System.out.printf(
          "GAUGE %d batches, %d differ: %d frames, %d B compared, %d B told%n",
          batches, different, test.compares + test.tells, test.compareBytes, test.tellBytes);
    }
    return test.compareBytes + test.tellBytes;
  }

  /** A claim set that can't take more. */
  private static NodeOptions full() {
    NodeOptions any = NodeOptions.of("lab", 0);
    ClaimOptions claims = any.claims();
    return new NodeOptions(
        any.network(),
        any.slots(),
        any.tags(),
        any.cores(),
        any.memoryMib(),
        any.version(),
        any.tasks(),
        any.schedule(),
        new ClaimOptions(
            claims.retention(),
            claims.lifetimeMax(),
            8,
            claims.waitingMax(),
            claims.waitingPerClaimantMax(),
            claims.waitingBytesMax(),
            claims.waitingTime(),
            claims.lineagesMax(),
            claims.lineagesPerSubmitterMax(),
            claims.gapsMax()),
        any.limits(),
        any.times());
  }

  @Test
  void whoNeverComesToKnowAll_isComparedWithLessAndLess() {
    House one = village.add(0, 1);
    village.add(0, 1, full());
    Set<List<Object>> seen = new HashSet<>();
    village.watcher =
        (house, effect) -> {
          if (effect instanceof Effect.Send send
              && Frames.read(send) instanceof WorkFrame.Compare it
              && it.mine()) {
            seen.add(List.of(house.peer, it.number()));
          }
        };
    for (int i = 0; i < 4_200; i++) {
      one.input(announced(batch(Village.peer(1_000), i)));
    }
    village.meet(600_000);

    assertThat(seen).hasSizeBetween(8, 60);
  }

  // Who may say what.

  @Test
  void forgedWords_areNotBelieved_andNotLookedAtWithoutEnd() {
    House honest = village.add(0, 1);
    House hostile = village.add(0, 1);
    village.meet(1_000);
    int[] looked = {0};
    village.watcher =
        (house, effect) -> {
          if (effect instanceof Effect.Verify verify) {
            looked[0] += verify.all().size();
          }
        };
    PeerId author = Village.peer(1_000);
    Announcement said = Announcement.of(village.limits, batch(author, 1), 0, List.of());
    Bytes forged = Bytes.utf8("I say so");
    Saying saying = new Saying(author, Saying.Kind.ANNOUNCEMENT, said.encode(author), forged);
    WorkFrame.Tell tell = new WorkFrame.Tell(Collections.nCopies(100, saying), List.of(), false);
    for (int i = 0; i < 200; i++) {
      honest.input(new Input.Received(hostile.peer, tell));
    }
    village.pass(1_000);

    assertThat(honest.core.claimsDigest()).isEqualTo(Digest.NONE);
    assertThat(looked[0]).isEqualTo(16_384);
  }

  @Test
  void wordsOfAnother_withoutAProof_areHis_whoTellsThem() {
    House honest = village.add(0, 1);
    House hostile = village.add(0, 1);
    village.meet(1_000);
    Batch batch = batch(Village.peer(1_000), 1);
    Announcement said = Announcement.of(village.limits, batch, 0, List.of());
    Saying own = Saying.own(Saying.Kind.ANNOUNCEMENT, said.encode(Village.peer(1_000)));

    honest.input(
        new Input.Received(hostile.peer, new WorkFrame.Tell(List.of(own), List.of(), false)));

    assertThat(honest.core.claimsDigest()).isEqualTo(Digest.NONE);
    assertThat(honest.misbehaved).singleElement().asString().contains("signed by");
  }

  @Test
  void whatNobodyCanRead_isPunished() {
    House honest = village.add(0, 1);
    House hostile = village.add(0, 1);
    village.meet(1_000);
    Saying own = Saying.own(Saying.Kind.CLAIMS, Bytes.utf8("claims"));

    honest.input(
        new Input.Received(hostile.peer, new WorkFrame.Tell(List.of(own), List.of(), false)));

    assertThat(honest.misbehaved).singleElement().asString().contains("claims");
  }
}
