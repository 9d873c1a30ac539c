package io.minga.node.task;

import static io.minga.node.task.Samples.CONTENT;
import static io.minga.node.task.Samples.HEADER;
import static io.minga.node.task.Samples.LIMITS;
import static io.minga.node.task.Samples.NOOP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class BatchTest {
  private static final String TASK = "0a04 6e6f6f70" + "1202 0a0b" + "2a08 0102030405060708";
  private static final String HEAD =
      "0a03 6c6162" // network "lab"
          + "1226 0024080112201111111111111111111111111111111111111111111111111111111111111111"
          + "1a08 0102030405060708" // lineage
          + "2007" // sequence
          + "28e807" // created at 1000
          + "30c8dc03"; // expires at 61000
  private static final String BATCH =
      HEAD
          + ("4214" + TASK)
          + "4206 0a04 6e6f6f70"; // a memoizable call without input: its function alone

  static long[] seeds() {
    return Samples.seeds();
  }

  private static Bytes hex(String digits) {
    return Bytes.fromHex(digits.replace(" ", ""));
  }

  @Test
  void task_hasTheseBytes() throws Exception {
    Payload input = Payload.of(Bytes.of(10, 11));

    Task task = Task.salted(LIMITS, NOOP, input, List.of(), 0x0102030405060708L);

    assertThat(task.bytes()).isEqualTo(hex(TASK));
    Task read = Task.decode(LIMITS, hex(TASK));
    assertThat(read.function()).isEqualTo(NOOP);
    assertThat(read.input()).isEqualTo(input);
    assertThat(read.memoizable()).isFalse();
  }

  @Test
  void task_withContentAndParent_hasTheseBytes() throws Exception {
    TaskRef parent = new TaskRef(TaskCid.ofMessage(Bytes.utf8("p")), 200);
    Task task = Task.memoizable(LIMITS, NOOP, new Payload.Content(CONTENT, 300), List.of(parent));

    assertThat(task.bytes())
        .isEqualTo(
            hex(
                "0a04 6e6f6f70"
                    + ("1a24" + CONTENT.toBytes().toHex())
                    + "20ac02"
                    + ("3229 0a24" + parent.batch().toBytes().toHex() + "10c801")));
    assertThat(Task.decode(LIMITS, task.bytes()).parents()).containsExactly(parent);
  }

  @Test
  void input_isThatOfTheTask_asBuiltAndAsDecoded() throws Exception {
    List<Payload> inputs =
        List.of(
            Payload.of(Bytes.EMPTY),
            Payload.of(Bytes.of(1)),
            Payload.of(Bytes.copyOf(new byte[300])),
            new Payload.Content(CONTENT, 300));
    BatchBuilder builder = new BatchBuilder(LIMITS, HEADER);
    inputs.forEach(input -> assertThat(builder.addSalted(NOOP, input, 7)).isTrue());

    Batch built = builder.build();
    Batch decoded = Batch.decode(LIMITS, built.bytes());

    for (int i = 0; i < inputs.size(); i++) {
      assertThat(built.input(i)).isEqualTo(inputs.get(i)).isEqualTo(built.task(i).input());
      assertThat(decoded.input(i)).isEqualTo(inputs.get(i));
    }
  }

  @Test
  void memoizableCalls_thatAreEqual_haveOneCid() {
    Task one = Task.memoizable(LIMITS, NOOP, Payload.of(Bytes.of(1)), List.of());
    Task other = Task.memoizable(LIMITS, NOOP, Payload.of(Bytes.of(1)), List.of());
    Task salted = Task.salted(LIMITS, NOOP, Payload.of(Bytes.of(1)), List.of(), 1);

    assertThat(one.cid()).isEqualTo(other.cid()).isNotEqualTo(salted.cid());
  }

  @Test
  void batch_hasTheseBytes() throws Exception {
    BatchBuilder builder = new BatchBuilder(LIMITS, HEADER);
    builder.addSalted(NOOP, Payload.of(Bytes.of(10, 11)), 0x0102030405060708L);
    builder.addMemoizable(NOOP, Payload.of(Bytes.EMPTY), List.of());

    Batch built = builder.build();

    assertThat(built.bytes()).isEqualTo(hex(BATCH));
    Batch read = Batch.decode(LIMITS, hex(BATCH));
    assertThat(read).isEqualTo(built);
    assertThat(read.header()).isEqualTo(HEADER);
    assertThat(read.cid()).isEqualTo(TaskCid.ofMessage(hex(BATCH))).isEqualTo(built.cid());
    assertThat(read.functions()).containsExactly(NOOP);
    assertThat(read.task(1).memoizable()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void batch_decoded_hasTheTasksThatWereAdded(long seed) throws Exception {
    Batch built = Samples.batch(new Random(seed));

    Batch read = Batch.decode(LIMITS, built.bytes());

    assertThat(read.header()).isEqualTo(built.header());
    assertThat(read.functions()).isEqualTo(built.functions());
    assertThat(read.size()).isEqualTo(built.size());
    for (int i = 0; i < built.size(); i++) {
      Task task = built.task(i);
      assertThat(read.function(i)).isEqualTo(task.function());
      assertThat(read.task(i).bytes()).isEqualTo(task.bytes());
      assertThat(read.task(i).input()).isEqualTo(task.input());
      assertThat(read.task(i).parents()).isEqualTo(task.parents());
      assertThat(read.taskBytes(i)).isEqualTo(task.bytes().length());
      assertThat(Task.decode(LIMITS, task.bytes()).cid()).isEqualTo(task.cid());
    }
  }

  @Test
  void batch_cutAtAnyByte_isRefusedOrHasFewerTasks() {
    Bytes whole = hex(BATCH);
    for (int length = 0; length < whole.length(); length++) {
      try {
        assertThat(Batch.decode(LIMITS, whole.slice(0, length)).size()).isLessThan(2);
        assertThat(length).as("where a task ends").isEqualTo(whole.length() - 8);
      } catch (WireException refused) {
        assertThat(refused).hasMessageContaining(":");
      }
    }
  }

  @Test
  void builder_takesNoMoreThanFits() {
    BatchBuilder builder = new BatchBuilder(LIMITS, HEADER);
    Payload large = Payload.of(Bytes.copyOf(new byte[64 * 1024]));

    for (int i = 0; i < 3; i++) {
      assertThat(builder.addSalted(NOOP, large, i)).isTrue();
    }
    assertThat(builder.addSalted(NOOP, large, 3)).isFalse();
    assertThat(builder.build().size()).isEqualTo(3);

    builder.begin(HEADER);
    for (int i = 0; i < 256; i++) {
      assertThat(builder.addSalted(NOOP, Payload.of(Bytes.EMPTY), i)).isTrue();
    }
    assertThat(builder.addSalted(NOOP, Payload.of(Bytes.EMPTY), 256)).isFalse();
    assertThat(builder.build().size()).isEqualTo(256);
  }

  @Test
  void builder_refusesAnInputThatHasToGoByCid() {
    BatchBuilder builder = new BatchBuilder(LIMITS, HEADER);
    Payload tooLarge = Payload.of(Bytes.copyOf(new byte[64 * 1024 + 1]));

    assertThatThrownBy(() -> builder.addSalted(NOOP, tooLarge, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a larger one goes by CID");
  }

  @Test
  void replicas_multiplyTheIndexes_andCountAgainstTheLimit() throws Exception {
    Policy verified =
        new Policy(5, 0, 3, Requirements.NONE, Placement.BALANCED, 3, 2, false, false, "");
    BatchBuilder builder = new BatchBuilder(LIMITS, Samples.header(verified));
    int added = 0;
    while (builder.addSalted(NOOP, Payload.of(Bytes.EMPTY), added)) {
      added++;
    }

    assertThat(added).isEqualTo(85);
    assertThat(Batch.decode(LIMITS, builder.build().bytes()).indexes()).isEqualTo(255);
  }

  @Test
  void whatIsWrong_isSaid() {
    refused("", "field 1 is missing");
    refused(HEAD, "there is no task");
    refused(HEAD + "4200", "Batch, task 0: Task: field 1 is missing");
    refused(HEAD + "4206 0a04 4e4f4f50", "not byte 0x4e");
    refused(HEAD + "4208 0a04 6e6f6f70 1205", "only 0 B follow");
    refused(HEAD + "4209 0a04 6e6f6f70 2a0101", "1 B where 8 are right");
    refused(HEAD + "0a03 6c6162" + "4206 0a04 6e6f6f70", "field 1: comes twice");
    refused(
        HEAD.replace("30c8dc03", "30e807") + "4206 0a04 6e6f6f70",
        "expires at 1000, where later than 1000");
    refused(HEAD + "3a0208 0a" + "4206 0a04 6e6f6f70", "10 where 0 to 9 is right");
  }

  private static void refused(String batch, String why) {
    assertThatThrownBy(() -> Batch.decode(LIMITS, hex(batch)))
        .isInstanceOf(WireException.class)
        .hasMessageContaining(why);
  }

  @Test
  void functionName_thatIsWrong_isRefusedWithItsPlace() {
    assertThatThrownBy(() -> new FunctionName("pi Sample"))
        .hasMessageContaining("U+0020 after \"pi\"");
    assertThatThrownBy(() -> new FunctionName("")).hasMessageContaining("1 to 128");
  }
}
