package io.minga.node.task;

import static io.minga.node.task.Samples.CONTENT;
import static io.minga.node.task.Samples.LIMITS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import io.minga.node.task.WorkFrame.Results;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ResultsTest {
  private static final BatchName SEVEN = new BatchName.Ref(7);
  private static final Outcome NULL = value("f6");

  private final ResultsBuilder builder = new ResultsBuilder(LIMITS);

  /** What a frame says of one task. */
  private record Said(BatchName batch, int epoch, int index, Outcome outcome, long runMicros) {}

  static long[] seeds() {
    return Samples.seeds();
  }

  private static Bytes hex(String digits) {
    return Bytes.fromHex(digits.replace(" ", ""));
  }

  private static Outcome value(String digits) {
    return new Outcome.Value(Payload.of(hex(digits)));
  }

  private static List<Said> read(Bytes frame) throws WireException {
    Results results = (Results) WorkFrame.decode(LIMITS, frame);
    assertThat(results.encode()).isEqualTo(frame);
    List<Said> all = new ArrayList<>();
    for (ResultGroup group : results.groups()) {
      int before = all.size();
      for (ResultGroup.Cursor at = group.cursor(); at.next(); ) {
        all.add(new Said(group.batch(), group.epoch(), at.index(), at.outcome(), at.runMicros()));
      }
      assertThat(all.size() - before).isEqualTo(group.size());
    }
    return all;
  }

  @Test
  void resultsThatAreAlike_takeTheBytesOfOne() throws Exception {
    builder.begin(SEVEN, 1);
    for (int i = 0; i < 256; i++) {
      assertThat(builder.add(i, NULL, 3)).isTrue();
    }

    Bytes frame = builder.build();

    assertThat(frame).isEqualTo(hex("1a11 0a0f 0807 1a02 00ff 3201 03 3a01 f6 4201 03"));
    assertThat(read(frame))
        .hasSize(256)
        .allSatisfy(said -> assertThat(said.outcome()).isEqualTo(NULL))
        .allSatisfy(said -> assertThat(said.runMicros()).isEqualTo(3));
  }

  @Test
  void resultsOfEveryKind_haveTheseBytes() throws Exception {
    Outcome.Failure failure = new Outcome.Failure(Outcome.Kind.HANDLER, "E", "no", "at");
    Outcome content = new Outcome.Value(new Payload.Content(CONTENT, 300));
    builder.begin(SEVEN, 2);
    builder.add(0, value("0102"), 200);
    builder.add(1, failure, 200);
    builder.add(2, failure, 1);
    builder.add(3, content, 1);
    builder.add(5, value(""), 1);

    Bytes frame = builder.build();

    String bytes =
        "0807"
            + "2201 2f" // 0 to 3, and 5
            + "2802" // epoch
            + "3205 04 01 00 01 02" // two bytes, other, the same, other, no bytes
            + "3a02 0102"
            + "4205 c801 c801 01" // the rest ran 1 µs too
            + "4a0d 0801 1201 45 1a02 6e6f 2202 6174"
            + ("4a29 2a24" + CONTENT.toBytes().toHex() + "30ac02");
    int length = hex(bytes).length();
    assertThat(frame).isEqualTo(hex("1a%02x0a%02x".formatted(length + 2, length) + bytes));
    assertThat(read(frame))
        .containsExactly(
            new Said(SEVEN, 2, 0, value("0102"), 200),
            new Said(SEVEN, 2, 1, failure, 200),
            new Said(SEVEN, 2, 2, failure, 1),
            new Said(SEVEN, 2, 3, content, 1),
            new Said(SEVEN, 2, 5, value(""), 1));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void results_comeBackAsTheyWereAdded_inWhateverOrder(long seed) throws Exception {
    Random random = new Random(seed);
    List<Said> sent = new ArrayList<>();
    List<Said> received = new ArrayList<>();
    Outcome outcome = NULL;
    for (int batches = random.nextInt(200) + 1; batches > 0; batches--) {
      BatchName name = Samples.name(random);
      int epoch = 1 + random.nextInt(3);
      builder.begin(name, epoch);
      int index = -1;
      for (int n = 1 + random.nextInt(20); n > 0; n--) {
        index = random.nextInt(9) == 0 ? random.nextInt(256) : Math.min(255, index + 1);
        outcome = random.nextInt(3) == 0 ? Samples.outcome(random) : outcome;
        long micros = random.nextInt(4) == 0 ? random.nextLong() >>> (1 + random.nextInt(62)) : 4;
        Said said = new Said(name, epoch, index, outcome, micros);
        if (!builder.add(index, outcome, micros)) {
          received.addAll(read(builder.build()));
          assertThat(builder.add(index, outcome, micros)).isTrue();
        }
        sent.add(said);
      }
    }
    received.addAll(read(builder.build()));

    assertThat(received).isEqualTo(sent);
    assertThat(builder.size()).isZero();
  }

  @Test
  void frame_thatIsFull_takesNoMore_andTheNextDoes() throws Exception {
    Outcome large = new Outcome.Value(Payload.of(Bytes.copyOf(new byte[64 * 1024])));
    builder.begin(SEVEN, 1);

    assertThat(builder.add(0, large, 1)).isTrue();
    assertThat(builder.add(1, NULL, 1)).isFalse();
    assertThat(builder.size()).isEqualTo(1);
    assertThat(read(builder.build())).extracting(Said::index).containsExactly(0);
    assertThat(builder.add(1, NULL, 1)).isTrue();
    assertThat(builder.add(2, large, 1)).isFalse();
    assertThat(read(builder.build())).extracting(Said::index).containsExactly(1);
  }

  @Test
  void frame_neverGrowsAboveWhatAReceiverTakes() throws Exception {
    String text = "\uffff".repeat(20_000);
    for (int i = 0; i < 300; i++) {
      builder.begin(new BatchName.Ref(i + 1), 1);
      Outcome failure = new Outcome.Failure(Outcome.Kind.HANDLER, text, text + i, text);
      if (!builder.add(i % 256, failure, Long.MAX_VALUE)) {
        Bytes frame = builder.build();
        assertThat(frame.length()).isLessThanOrEqualTo(LIMITS.workFrameBytesMax());
        assertThat(read(frame)).isNotEmpty();
        assertThat(builder.add(i % 256, failure, 1)).isTrue();
      }
    }
    assertThat(read(builder.build())).isNotEmpty();
  }

  @Test
  void frame_speaksOfAtMostSoManyBatches() throws Exception {
    for (int i = 1; i <= LIMITS.partsMax(); i++) {
      builder.begin(new BatchName.Ref(i), 1);
      assertThat(builder.add(0, NULL, 1)).isTrue();
    }
    builder.begin(new BatchName.Ref(1_000), 1);

    assertThat(builder.add(0, NULL, 1)).isFalse();
    assertThat(read(builder.build())).hasSize(LIMITS.partsMax());
  }

  @Test
  void failure_isCutToWhatMayBeSent() throws Exception {
    Outcome failure = new Outcome.Failure(Outcome.Kind.HANDLER, "E", "ö".repeat(9_999), "\ud800");
    builder.begin(SEVEN, 1);
    builder.add(0, failure, 1);

    Outcome.Failure read = (Outcome.Failure) read(builder.build()).get(0).outcome();

    assertThat(read.message()).startsWith("öö").endsWith("ö…");
    assertThat(read.message().length()).isEqualTo(2047);
    assertThat(read.stack()).isEqualTo("?");
  }

  @Test
  void outcomeInARow_isTheSameObject() throws Exception {
    builder.begin(SEVEN, 1);
    builder.add(0, NULL, 1);
    builder.add(1, value("f6"), 1);

    List<Said> read = read(builder.build());

    assertThat(read.get(1).outcome()).isSameAs(read.get(0).outcome());
  }

  @Test
  void kindOfALaterVersion_isOther() throws Exception {
    Said said = read(hex("1a13 0a11 0807 2201 01 3201 01 4201 03 4a02 0863 7000")).get(0);

    assertThat(said.outcome()).isEqualTo(new Outcome.Failure(Outcome.Kind.OTHER, "", "", ""));
  }

  @Test
  void groups_thatAreWrong_areRefused() {
    String head = "0807 2201 03"; // two results
    refused("2201 03 3201 03 3a01 f6 4201 03", "number in field 1 or its CID");
    refused("0807 3201 03 3a01 f6 4201 03", "indexes in field 3 or 4 are missing");
    refused(head + "4201 03", "0 codes, where 1 to 2 are right");
    refused(head + "3201 02", "0 run times, where 1 to 2");
    refused(head + "3201 02 4203 010101", "3 run times, where 1 to 2");
    refused(head + "3203 020202 4201 01", "3 codes, where 1 to 2");
    refused(head + "3201 00 4201 01", "code 0, where");
    refused(head + "3203 ffff07 4201 01", "code 131071, where");
    refused(head + "3201 04 3a01 f6 4201 01", "of 2 B of values and 0 others");
    refused(head + "3201 02 3a01 f6 4201 01", "of 0 B of values and 0 others");
    refused(head + "3201 01 4201 01", "1 others, but there are 0 and 0");
    refused(head + "3201 80 4201 01", "varint is cut short");
    refused(head + "3202 8200 4201 01", "not in its shortest form");
    refused(head + "3201 02 420a ffffffffffffffffff01", "varint is cut short, too long");
    refused(head + "3201 01 4201 01 4a00", "a failure's kind in field 1");
    refused(head + "3201 01 4201 01 4a02 1200", "a failure's kind in field 1");
    refused(head + "3201 01 4201 01 4a03 0801 4a", "a varint is cut short");
    refused(head + "3201 01 4201 01 4a03 0801 48", "a varint is cut short");
  }

  @Test
  void frame_thatEndsWithATag_isRefused() { // found by a million mutations
    Bytes frame = hex("1a1b0a19080822 01a0 320111 420127 4a0c 0801 1204 4f6f7073 420107 4a");
    assertThatThrownBy(() -> WorkFrame.decode(LIMITS, frame))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("a varint is cut short");
  }

  private static void refused(String group, String why) {
    int length = hex(group).length();
    Bytes frame = hex("1a%02x0a%02x".formatted(length + 2, length) + group);
    assertThatThrownBy(() -> WorkFrame.decode(LIMITS, frame))
        .isInstanceOf(WireException.class)
        .hasMessageContaining(why);
  }

  @Test
  void results_cutAtAnyByte_areRefused() {
    Random random = new Random(3);
    builder.begin(SEVEN, 1);
    for (int i = 0; i < 40; i++) {
      builder.add(i, Samples.outcome(random), random.nextInt(1_000));
    }
    Bytes frame = builder.build();
    for (int length = 0; length < frame.length(); length++) {
      Bytes cut = frame.slice(0, length);
      assertThatThrownBy(() -> WorkFrame.decode(LIMITS, cut)).isInstanceOf(WireException.class);
    }
  }

  @Test
  void builder_refusesWhatCannotBe() {
    assertThatThrownBy(() -> builder.add(0, NULL, 1)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(builder::build).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> builder.begin(SEVEN, 0)).hasMessageContaining("≥ 1");
    builder.begin(SEVEN, 1);
    assertThatThrownBy(() -> builder.add(256, NULL, 1)).hasMessageContaining("0 to 255");
    Outcome large = new Outcome.Value(Payload.of(Bytes.copyOf(new byte[64 * 1024 + 1])));
    assertThatThrownBy(() -> builder.add(0, large, 1)).hasMessageContaining("above the limit");
  }
}
