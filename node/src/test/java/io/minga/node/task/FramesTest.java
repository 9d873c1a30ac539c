package io.minga.node.task;

import static io.minga.node.task.Samples.BOB;
import static io.minga.node.task.Samples.CONTENT;
import static io.minga.node.task.Samples.LIMITS;
import static io.minga.node.task.Samples.NOOP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.crdt.claims.IndexSet;
import io.minga.crdt.sync.Prefix;
import io.minga.crdt.sync.SyncMessage;
import io.minga.crdt.wire.Digest;
import io.minga.crdt.wire.Id;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import io.minga.node.task.WorkFrame.Acked;
import io.minga.node.task.WorkFrame.CancelTasks;
import io.minga.node.task.WorkFrame.Compare;
import io.minga.node.task.WorkFrame.Parked;
import io.minga.node.task.WorkFrame.Part;
import io.minga.node.task.WorkFrame.Push;
import io.minga.node.task.WorkFrame.Refusal;
import io.minga.node.task.WorkFrame.Taken;
import io.minga.node.task.WorkFrame.Tell;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class FramesTest {
  private static final BatchName SEVEN = new BatchName.Ref(7);

  static long[] seeds() {
    return Samples.seeds();
  }

  private static Bytes hex(String digits) {
    return Bytes.fromHex(digits.replace(" ", ""));
  }

  private static void is(WorkFrame frame, String bytes) throws WireException {
    assertThat(frame.encode()).isEqualTo(hex(bytes));
    assertThat(WorkFrame.decode(LIMITS, hex(bytes))).isEqualTo(frame);
  }

  @Test
  void workFrames_haveTheseBytes() throws Exception {
    Batch batch = Samples.batch(2); // a header of 64 bytes and two tasks of 18: 100 in all
    String encoded = batch.bytes().toHex();

    is(Push.of(7, batch), "0a68 0807 1264" + encoded);
    is(new Push(7, batch, IndexSet.of(1), 2), "0a6d 0807 1264" + encoded + "2201 02 2802");
    is(new Push(7, null, IndexSet.of(1), 1, 300), "0a08 0807 2201 02 30ac02");
    is(new Push(300, null, IndexSet.range(0, 256), 1), "0a07 08ac02 1a02 00ff");
    is(
        new Taken(SEVEN, IndexSet.range(0, 32), IndexSet.EMPTY, null, 5),
        "1208 0807 1a02 001f 4005");
    is(new Taken(SEVEN, IndexSet.EMPTY, IndexSet.of(0), Refusal.FULL, 0), "1207 0807 3201 01 3801");
    is(
        new Taken(SEVEN, IndexSet.EMPTY, IndexSet.of(0), Refusal.BUSIER, 0, 300),
        "120a 0807 3201 01 3808 48ac02");
    is(new Acked(List.of(new Part(SEVEN, IndexSet.range(8, 16)))), "2208 0a06 0807 1a02 080f");
    is(new CancelTasks(List.of(new Part(SEVEN, IndexSet.of(0, 2)))), "2a07 0a05 0807 2201 05");
    is(
        new CancelTasks(List.of(new Part(SEVEN, IndexSet.of(0, 2), 3))),
        "2a09 0a07 0807 2201 05 2803");
    is(new Parked(List.of(new Part(SEVEN, IndexSet.of(0, 2)))), "3207 0a05 0807 2201 05");
    LoadReport report =
        new LoadReport(1, 2, 0, 0, 0, 0, 0, false, List.of(), List.of(), 0, 0, false, "");
    is(new WorkFrame.Hello("lab", report), "3a0b 0a03 6c6162 1204 0801 1002");
    List<WorkFrame.Share> shares =
        List.of(
            new WorkFrame.Share(2, IndexSet.range(8, 16)),
            new WorkFrame.Share(300, IndexSet.of(0)));
    is(
        new WorkFrame.Hold(batch.cid(), BOB, shares),
        "425e 0a06 1a02 080f 2802 0a06 2201 01 28ac02 1224"
            + batch.cid().toBytes().toHex()
            + "1a26"
            + BOB.multihash().toHex());
    WorkFrame.Way way = new WorkFrame.Way(BOB, WorkFrame.Way.State.OPEN);
    is(way, "6a2a 0a26" + BOB.multihash().toHex() + "1802");
    is(
        new WorkFrame.Carry(BOB, hex("3207 0a05 0807 2201 05")),
        "5a33 0a26" + BOB.multihash().toHex() + "1209 3207 0a05 0807 2201 05");
    is(
        new WorkFrame.Carried(BOB, hex("3207 0a05 0807 2201 05")),
        "6233 0a26" + BOB.multihash().toHex() + "1209 3207 0a05 0807 2201 05");
    WorkFrame.Tokens tokens = new WorkFrame.Tokens(SEVEN, 3, IndexSet.range(8, 16));
    is(new WorkFrame.Renew(5, List.of(tokens)), "4a0c 0805 1208 0807 1a02 080f 2803");
    is(
        new WorkFrame.Lease(5, 15_000, List.of(tokens)),
        "520f 0805 1208 0807 1a02 080f 2803 189875");
    is(new WorkFrame.Lease(5, 1, List.of()), "5204 0805 1801");
    BatchName byCid = new BatchName.ByCid(batch.cid());
    is(
        new Acked(List.of(new Part(byCid, IndexSet.of(0)))),
        "222b 0a29 1224" + batch.cid().toBytes().toHex() + "2201 01");
  }

  @Test
  void framesOfComparisons_haveTheseBytes() throws Exception {
    SyncMessage digest =
        new SyncMessage(List.of(new SyncMessage.Whole(Prefix.ALL, new Digest(1, 2))), List.of());
    is(
        new Compare(1, false, digest),
        "721b 0801 1a17 0a15 0a0100 1210 0000000000000001 0000000000000002");
    is(new Compare(7, true, new SyncMessage(List.of(), List.of())), "7206 0807 1001 1a00");
    Saying own = Saying.own(Saying.Kind.CLAIMS, hex("aa"));
    Id id = Id.of(new byte[] {1, 2});
    is(new Tell(List.of(own), List.of(id), true), "7a0b 0a03 1a01aa 1202 0102 1801");
    Saying bobs = new Saying(BOB, Saying.Kind.ANNOUNCEMENT, hex("bb"), hex("cc"));
    is(
        new Tell(List.of(bobs), List.of(), false),
        "7a30 0a2e 0a26" + BOB.multihash().toHex() + "1201bb 2201cc");
  }

  @Test
  void whatAnotherSays_comesWithItsProof() {
    String bob = BOB.multihash().toHex();
    assertThatThrownBy(() -> WorkFrame.decode(LIMITS, hex("7a2d 0a2b 0a26" + bob + "1201bb")))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("come together");
    assertThatThrownBy(() -> WorkFrame.decode(LIMITS, hex("7a08 0a06 1201bb 2201cc")))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("come together");
    assertThatThrownBy(() -> WorkFrame.decode(LIMITS, hex("7204 1001 1a00")))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("a number in field 1");
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void frames_comeBackAsTheyWent(long seed) throws Exception {
    Random random = new Random(seed);
    WorkFrame work = Samples.workFrame(random);
    MoveFrame move = Samples.moveFrame(random);
    BlockFrame block = Samples.blockFrame(random);
    CopyFrame copy = Samples.copyFrame(random);

    assertThat(WorkFrame.decode(LIMITS, work.encode())).isEqualTo(work);
    assertThat(MoveFrame.decode(LIMITS, move.encode())).isEqualTo(move);
    assertThat(BlockFrame.decode(LIMITS, block.encode())).isEqualTo(block);
    assertThat(CopyFrame.decode(LIMITS, copy.encode())).isEqualTo(copy);
  }

  private static void isAbout(JobFrame frame, String bytes) throws WireException {
    assertThat(frame.encode()).isEqualTo(hex(bytes));
    assertThat(CopyFrame.decode(LIMITS, hex(bytes))).isEqualTo(frame);
  }

  @Test
  void framesAboutJobs_haveTheseBytes() throws Exception {
    String bob = BOB.multihash().toHex();
    String bobField = "22%02x%s".formatted(BOB.multihash().length(), bob);
    int extra = BOB.multihash().length() + 2;
    isAbout(new JobFrame.Ask(7, 0, 0, null, 0), "4202 0807");
    isAbout(new JobFrame.Ask(7, 1, 12, null, 0), "420e 0807 1208 0000000000000001 180c");
    isAbout(
        new JobFrame.Ask(7, 1, 12, BOB, 256),
        "42%02x 0807 1208 0000000000000001 180c %s 288002".formatted(17 + extra, bobField));
    isAbout(new JobFrame.Known(7, List.of()), "4a02 0807");
    JobFrame.Standing standing =
        new JobFrame.Standing(
            BOB,
            1,
            12,
            NOOP,
            10,
            0,
            5,
            1,
            3,
            4,
            new TaskRuns(List.of(new TaskRuns.Run(0, 2), new TaskRuns.Run(4, 7))));
    isAbout(
        new JobFrame.Known(7, List.of(standing)),
        ("4a%02x 0807 12%02x 1208 0000000000000001 180c %s 2a04 6e6f6f70 300a 4005 4801 5003 5804"
                + "6202 1002 6204 0802 1003")
            .formatted(42 + extra, 38 + extra, bobField));
    isAbout(new JobFrame.Ends(7, 256, IndexSet.EMPTY, null), "5205 0807 108002");
  }

  @Test
  void framesAboutJobs_thatAreWrong_areRefused() {
    refusedCopy("4200", "a number, and of a job");
    refusedCopy("4206 0807 180c 1801", "comes twice");
    refusedCopy("4206 0807 180c 2801", "a number, and of a job");
    refusedCopy("4a00", "field 1 is missing");
    refusedCopy("5202 0807", "field 2 is missing");
    refusedCopy("5207 0807 1002 2201 01", "some of them confirmed");
  }

  private static void refusedCopy(String bytes, String why) {
    assertThatThrownBy(() -> CopyFrame.decode(LIMITS, hex(bytes)))
        .isInstanceOf(WireException.class)
        .hasMessageContaining(why);
  }

  @Test
  void workFrames_thatAreWrong_areRefused() {
    refused("", "none of fields 1 to 15");
    refused("0a07 08ac02 1a02 00ff" + "0a07 08ac02 1a02 00ff", "another came before");
    refused("0a02 0807", "a batch in field 2, indexes in 3 or 4");
    refused("0a04 1a02 00ff", "field 1 is missing");
    refused("0a06 0800 1a02 00ff", "0 where 1 to");
    refused("0a06 0807 1a02 ff00", "not in their one form");
    refused("0a08 0807 1a02 00ff 2800", "0 where 1 to 2147483647");
    refused("1202 0807", "at least one task is taken or refused");
    refused("1205 0807 3201 01", "there is a reason if tasks are refused");
    refused("120a 0807 2201 01 3201 01 3801", "some of [0] are both");
    refused("1207 0807 2201 01 3801", "there is a reason if tasks are refused");
    refused("2200", "a part, is missing");
    refused("2204 0a02 0807", "indexes in field 3 or 4 are missing");
    refused("2205 0a03 2201 01", "number in field 1 or its CID in 2 is missing");
    refused("4200", "a batch's CID in field 2 and a giver in 3");
    refused("4208 0a06 1a02 080f 2800", "0 where 1 to 2147483647");
    refused("4206 0a04 1a02 080f", "indexes in field 3 or 4 and an epoch in 5");
    refused("4a02 0805", "field 2, tokens, is missing");
    refused("4a0a 1208 0807 1a02 080f 2803", "field 1 is missing");
    refused("4a0a 0805 1206 0807 1a02 080f", "indexes in field 3 or 4 and an epoch in 5");
    refused("4a0a 0805 1206 1a02 080f 2803", "number in field 1 or its CID in 2 is missing");
    refused("4a0c 0800 1208 0807 1a02 080f 2803", "0 where 1 to");
    refused("5202 0805", "field 3 is missing");
    refused("5204 0805 1800", "0 where 1 to 3600000");
    refused("5207 0805 188180de01", "where 1 to 3600000");
    refused("7a00", "nothing is told");
    refused("820100", "none of fields 1 to 15");
  }

  private static void refused(String bytes, String why) {
    assertThatThrownBy(() -> WorkFrame.decode(LIMITS, hex(bytes)))
        .as(bytes)
        .isInstanceOf(WireException.class)
        .hasMessageContaining(why);
  }

  @Test
  void push_ofAnIndexThatTheBatchHasNot_isRefused() {
    String encoded = Samples.batch(2).bytes().toHex();

    refused("0a6b 0807 1264" + encoded + "2201 04", "index 2 of a batch with 2");
    assertThatThrownBy(() -> new Push(1, Samples.batch(2), IndexSet.of(2), 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refusal_ofALaterVersion_isOther() throws Exception {
    Taken taken = (Taken) WorkFrame.decode(LIMITS, hex("1207 0807 3201 01 3863"));

    assertThat(taken.reason()).isEqualTo(Refusal.OTHER);
  }

  @Test
  void hold_withATaskInTwoShares_orNone_isRefused() throws Exception {
    WorkFrame.Share share = new WorkFrame.Share(2, IndexSet.range(8, 16));
    WorkFrame.Hold hold = new WorkFrame.Hold(Samples.batch(1).cid(), BOB, List.of(share));
    String once = hold.encode().slice(2, 10).toHex();
    String names = hold.encode().slice(10, hold.encode().length()).toHex();

    assertThat(once).isEqualTo("0a061a02080f2802");
    assertThatThrownBy(() -> new WorkFrame.Hold(hold.batch(), BOB, List.of(share, share)))
        .isInstanceOf(IllegalArgumentException.class);
    refused("425e" + once + once + names, "some of [8-15] are in two");
    refused("424e" + names, "at least one share");
    refused("42ce02" + once.repeat(32) + names, "are in two");
    refused("42d602" + once.repeat(33) + names, "comes more than 32 times");
  }

  @Test
  void lease_forTooManyBatches_isRefused() {
    String tokens = "12080807 1a02080f 2803".replace(" ", "");

    refused("4a8c0a" + "0805" + tokens.repeat(LIMITS.partsMax() + 1), "comes more than 128 times");
  }

  @Test
  void acked_ofTooManyBatches_isRefused() {
    String part = "0a05 0807 2201 05".replace(" ", "");
    String parts = part.repeat(LIMITS.partsMax() + 1);

    refused("228707" + parts, "comes more than 128 times");
  }

  @Test
  void frames_cutAtAnyByte_areRefusedOrNotTheSame() {
    for (long seed = 0; seed < 30; seed++) {
      Random random = new Random(seed);
      WorkFrame work = Samples.workFrame(random);
      MoveFrame move = Samples.moveFrame(random);
      BlockFrame block = Samples.blockFrame(random);
      for (int length = 0; length < work.encode().length(); length++) {
        Bytes cut = work.encode().slice(0, length);
        assertThatThrownBy(() -> WorkFrame.decode(LIMITS, cut)).isInstanceOf(WireException.class);
      }
      for (int length = 0; length < move.encode().length(); length++) {
        Bytes cut = move.encode().slice(0, length);
        assertThatThrownBy(() -> MoveFrame.decode(LIMITS, cut)).isInstanceOf(WireException.class);
      }
      // a GET without its offset is a GET from the beginning
      for (int length = 0; length < block.encode().length(); length++) {
        try {
          assertThat(BlockFrame.decode(LIMITS, block.encode().slice(0, length)))
              .isInstanceOf(BlockFrame.Get.class)
              .isNotEqualTo(block);
        } catch (WireException refused) {
          assertThat(refused.getMessage()).isNotBlank();
        }
      }
    }
  }

  @Test
  void moveFrames_haveTheseBytes() throws Exception {
    String cid = Samples.batch(1).cid().toBytes().toHex();
    IndexSet some = IndexSet.range(8, 16);
    move(new MoveFrame.Want(1, 300, List.of(NOOP)), "0801 1209 08ac02 1204 6e6f6f70");
    move(
        new MoveFrame.Offer(
            1, List.of(new MoveFrame.Lot(Samples.batch(1).cid(), BOB, 2, some, 300))),
        "0801 1a59 0a57 0a24" + cid + "1202 080f 2226" + BOB.multihash().toHex() + "2802 30ac02");
    move(
        new MoveFrame.Accept(1, List.of(new MoveFrame.Part(Samples.batch(1).cid(), some))),
        "0801 222c 0a2a 0a24" + cid + "1202 080f");
    move(new MoveFrame.Decline(1, 0), "0801 2a02 0800");
  }

  @Test
  void lot_maySayWhatItsBatchIs() throws Exception {
    Batch batch = Samples.batch(1);
    PeerId submitter = batch.header().submitter();
    Announcement whole = Announcement.of(LIMITS, batch, 0, List.of());
    IndexSet one = IndexSet.of(0);
    for (Announcement about : List.of(whole, whole.withoutBlock())) {
      MoveFrame.Lot lot = new MoveFrame.Lot(batch.cid(), submitter, 2, one, 300, about);
      MoveFrame offer = new MoveFrame.Offer(1, List.of(lot));

      assertThat(MoveFrame.decode(LIMITS, offer.encode())).isEqualTo(offer);
    }
  }

  @Test
  void lotThatSaysWhatAnotherBatchIs_isRefused() {
    Batch batch = Samples.batch(1);
    Announcement about = Announcement.of(LIMITS, batch, 0, List.of()).withoutBlock();
    IndexSet one = IndexSet.of(0);
    Cid other = TaskCid.ofMessage(Bytes.utf8("another"));
    PeerId submitter = batch.header().submitter();
    String lot =
        new MoveFrame.Offer(1, List.of(new MoveFrame.Lot(other, submitter, 2, one, 300)))
            .encode()
            .toHex()
            .substring(12);
    String said = about.encode(submitter).toHex();
    String both = lot + "3a" + varint(said.length() / 2) + said;
    String offer = "0a" + varint(both.length() / 2) + both;

    assertThatThrownBy(() -> new MoveFrame.Lot(other, submitter, 2, one, 300, about))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> MoveFrame.decode(LIMITS, hex("0801 1a" + varint(offer.length() / 2) + offer)))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("field 7");
  }

  private static String varint(int number) {
    return number < 0x80
        ? "%02x".formatted(number)
        : "%02x%02x".formatted((number & 0x7f) | 0x80, number >> 7);
  }

  private static void move(MoveFrame frame, String bytes) throws WireException {
    assertThat(frame.encode()).isEqualTo(hex(bytes));
    assertThat(MoveFrame.decode(LIMITS, hex(bytes))).isEqualTo(frame);
  }

  @Test
  void offer_withATaskInTwoLots_isRefused() {
    MoveFrame.Lot lot = new MoveFrame.Lot(Samples.batch(1).cid(), BOB, 1, IndexSet.range(8, 16), 0);
    Bytes once = new MoveFrame.Offer(1, List.of(lot)).encode();
    String nested = once.slice(4, once.length()).toHex();

    assertThatThrownBy(() -> new MoveFrame.Offer(1, List.of(lot, lot)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(nested.length() / 2).isEqualTo(0x54);
    assertThatThrownBy(() -> MoveFrame.decode(LIMITS, hex("0801 1aa801" + nested + nested)))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("in two");
  }

  @Test
  void blockFrames_haveTheseBytes() throws Exception {
    block(new BlockFrame.Get(CONTENT, 0), "0a24" + CONTENT.toBytes().toHex());
    block(new BlockFrame.Get(CONTENT, 300), "0a24" + CONTENT.toBytes().toHex() + "10ac02");
    block(new BlockFrame.Header(0), "1800");
    block(new BlockFrame.Chunk(Bytes.of(1, 2)), "2202 0102");
    block(new BlockFrame.Missing(), "2801");
  }

  private static void block(BlockFrame frame, String bytes) throws WireException {
    assertThat(frame.encode()).isEqualTo(hex(bytes));
    assertThat(BlockFrame.decode(LIMITS, hex(bytes))).isEqualTo(frame);
  }

  @Test
  void blockFrames_thatAreTwoOrNone_areRefused() {
    for (String wrong : List.of("", "1001", "1800 2801", "2200", "2800", "1800 1800")) {
      assertThatThrownBy(() -> BlockFrame.decode(LIMITS, hex(wrong)))
          .as(wrong)
          .isInstanceOf(WireException.class);
    }
  }
}
