package io.minga.node.task;

import static io.minga.node.task.Samples.ALICE;
import static io.minga.node.task.Samples.BOB;
import static io.minga.node.task.Samples.LIMITS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class RecordsTest {
  static long[] seeds() {
    return Samples.seeds();
  }

  private static Bytes hex(String digits) {
    return Bytes.fromHex(digits.replace(" ", ""));
  }

  @Test
  void loadReport_hasTheseBytes() throws Exception {
    LoadReport.FunctionLoad noop =
        new LoadReport.FunctionLoad(new FunctionName("noop"), 300, 5, 1000);
    LoadReport report =
        new LoadReport(
            9, 2, 4, 1, 10, 3000, 6, true, List.of(noop), List.of("gpu"), 8, 512, false, "1.0");
    String bytes =
        "0809 1002 1804 2001 280a 30b817"
            + "3a0e 0a046e6f6f70 10ac02 1805 20e807"
            + "4203 677075"
            + "4808 508004"
            + "5a03 312e30"
            + "6006 6801";

    assertThat(report.encode(LIMITS)).isEqualTo(hex(bytes));
    assertThat(LoadReport.decode(LIMITS, hex(bytes))).isEqualTo(report);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void loadReport_comesBackAsItWent(long seed) throws Exception {
    LoadReport report = Samples.load(new Random(seed));

    assertThat(LoadReport.decode(LIMITS, report.encode(LIMITS))).isEqualTo(report);
  }

  @Test
  void loadReport_thatCannotBe_isRefused() {
    refusedLoad("1002", "field 1 is missing");
    refusedLoad("0801 1001 1801 2002", "2 slots of 1 are busy");
    refusedLoad("0801 1001 30ffffffffffffffffff01", "18446744073709551615 where 0 to");
    refusedLoad("0801 1001 3a03 0a0161 3a03 0a0161", "a function comes twice");
    refusedLoad("0801 1001 6802", "a bool is 0 or 1");
  }

  private static void refusedLoad(String bytes, String why) {
    assertThatThrownBy(() -> LoadReport.decode(LIMITS, hex(bytes)))
        .isInstanceOf(WireException.class)
        .hasMessageContaining(why);
  }

  @Test
  void loadReport_ofALaterStart_isAfterAllOfTheOneBefore() {
    LoadReport before =
        new LoadReport(1, 99, 0, 0, 0, 0, 0, true, List.of(), List.of(), 0, 0, false, "");
    LoadReport after =
        new LoadReport(2, 0, 0, 0, 0, 0, 0, true, List.of(), List.of(), 0, 0, false, "");

    assertThat(after.isAfter(before)).isTrue();
    assertThat(before.isAfter(after)).isFalse();
    assertThat(before.isAfter(before)).isFalse();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void announcement_comesBackAsItWent(long seed) throws Exception {
    Announcement announcement = Samples.announcement(new Random(seed));

    Bytes own = announcement.encode(ALICE);
    Bytes stewards = announcement.encode(BOB);

    assertThat(Announcement.decode(LIMITS, own, ALICE)).isEqualTo(announcement);
    assertThat(Announcement.decode(LIMITS, stewards, BOB)).isEqualTo(announcement);
    announcement.check(Batch.decode(LIMITS, blockOf(announcement, seed)));
  }

  private static Bytes blockOf(Announcement announcement, long seed) {
    Batch block = announcement.block();
    return block == null ? Samples.batch(new Random(seed)).bytes() : block.bytes();
  }

  @Test
  void announcement_ofALongBatch_hasTheseBytes() throws Exception {
    Batch batch = Samples.batch(200);
    IndexSet all = IndexSet.range(0, 200);
    Announcement announcement =
        Announcement.of(LIMITS, batch, 5, List.of(new Announcement.Hint(BOB, all)));
    String bytes =
        "0a24"
            + batch.cid().toBytes().toHex()
            + "10d01c" // 3664 bytes: a header of 64, and 200 tasks of 18
            + "18c801"
            + "2a04 6e6f6f70"
            + "4a08 0102030405060708"
            + "5007"
            + "58c8dc03"
            + "3805"
            + ("422c 0a26" + BOB.multihash().toHex() + "1202 00c7");

    assertThat(announcement.encode(ALICE)).isEqualTo(hex(bytes));
    assertThat(Announcement.decode(LIMITS, hex(bytes), ALICE)).isEqualTo(announcement);
  }

  @Test
  void announcement_isTheSubmittersOrItsStewards() throws Exception {
    Announcement announcement = Announcement.of(LIMITS, Samples.batch(1), 0, List.of());

    announcement.checkSigner(ALICE, null);
    announcement.checkSigner(BOB, BOB);
    assertThatThrownBy(() -> announcement.checkSigner(BOB, null))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("is right");
  }

  @Test
  void announcement_thatIsNotOfTheBatch_isFoundOut() {
    Announcement announcement = Announcement.of(LIMITS, Samples.batch(200), 0, List.of());

    assertThatThrownBy(() -> announcement.check(Samples.batch(201)))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("CID is not as announced");
  }

  @Test
  void announcement_withAnotherBatchInside_isRefused() {
    Batch one = Samples.batch(1);
    String other = Samples.batch(2).cid().toBytes().toHex();
    String swapped =
        Announcement.of(LIMITS, one, 0, List.of())
            .encode(ALICE)
            .toHex()
            .replace(one.cid().toBytes().toHex(), other);

    assertThatThrownBy(() -> Announcement.decode(LIMITS, hex(swapped), ALICE))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("another batch than field 1 names");
  }

  @Test
  void announcement_withTwoOwnersOfATask_isRefused() {
    List<Announcement.Hint> hints =
        List.of(
            new Announcement.Hint(ALICE, IndexSet.range(0, 2)),
            new Announcement.Hint(BOB, IndexSet.range(1, 3)));

    assertThatThrownBy(() -> Announcement.of(LIMITS, Samples.batch(3), 0, hints))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("one proposed owner");
  }

  @Test
  void policy_thatIsWrong_isRefusedWithWhatIsRight() {
    assertThatThrownBy(() -> policy(10, 1, 1, false)).hasMessageContaining("0 to 9, not 10");
    assertThatThrownBy(() -> policy(5, 2, 3, false)).hasMessageContaining("not 3 of 2");
    assertThatThrownBy(() -> policy(5, 2, 2, true)).hasMessageContaining("can't be verified");
    assertThatThrownBy(() -> new Placement(Placement.Rule.SPREAD, 1))
        .hasMessageContaining("only NEAR names a parent");
  }

  private static Policy policy(int priority, int replicas, int quorum, boolean exclusive) {
    return new Policy(
        priority,
        0,
        3,
        Requirements.NONE,
        Placement.BALANCED,
        replicas,
        quorum,
        exclusive,
        false,
        "");
  }
}
