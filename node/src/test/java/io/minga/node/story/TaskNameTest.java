package io.minga.node.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import io.minga.node.task.Batch;
import io.minga.node.task.BatchBuilder;
import io.minga.node.task.BatchHeader;
import io.minga.node.task.FunctionName;
import io.minga.node.task.Payload;
import io.minga.node.task.Policy;
import io.minga.node.task.TaskLimits;
import io.minga.node.task.TaskRef;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TaskNameTest {
  private final Batch three = batch(1, 11, 12, 13);
  private final Batch one = batch(2, 14);
  private final List<KnownBatch> known = List.of(known(three), known(one));

  /** A batch of tasks with these salts. */
  private static Batch batch(long sequence, long... salts) {
    BatchBuilder builder =
        new BatchBuilder(
            TaskLimits.defaults(),
            new BatchHeader("lab", peer(), 7, sequence, 1, 1_000, Policy.DEFAULT));
    for (long salt : salts) {
      builder.addSalted(new FunctionName("f"), Payload.of(Bytes.EMPTY), salt);
    }
    return builder.build();
  }

  private static PeerId peer() {
    byte[] multihash = new byte[34];
    multihash[0] = 0x12;
    multihash[1] = 0x20;
    try {
      return PeerId.decode(Bytes.copyOf(multihash));
    } catch (WireException wrong) {
      throw new IllegalStateException(wrong);
    }
  }

  private static KnownBatch known(Batch batch) {
    return new KnownBatch(batch.cid(), batch.size(), batch);
  }

  private TaskRef find(String name) {
    return TaskName.parse(name).find(known);
  }

  @Test
  void task_isFoundByItsCid_itsFirstCharacters_andItsPlace() {
    String cid = three.task(2).cid().toString();
    TaskRef task = new TaskRef(three.cid(), 2);

    for (int length = cid.length(); length >= 16; length--) {
      assertThat(find(cid.substring(0, length))).as("%d characters", length).isEqualTo(task);
    }
    assertThat(find(" " + cid.toUpperCase(Locale.ROOT) + "\n")).isEqualTo(task);
    assertThat(find(task.toString())).isEqualTo(task);
    assertThat(find(three.cid().toString().substring(0, 20) + "/2")).isEqualTo(task);
  }

  @Test
  void batchOfOne_isItsTask() {
    assertThat(find(one.cid().toString())).isEqualTo(new TaskRef(one.cid(), 0));
    assertThat(find(one.task(0).cid().toString())).isEqualTo(new TaskRef(one.cid(), 0));
  }

  @Test
  void batchWithoutItsBytes_isKnownByPlace() {
    TaskName name = TaskName.parse(three.cid() + "/1");

    assertThat(name.find(List.of(new KnownBatch(three.cid(), 3, null))))
        .isEqualTo(new TaskRef(three.cid(), 1));
  }

  @Test
  void sameBatchKnownTwice_isOne() {
    assertThat(TaskName.parse(one.cid().toString()).find(List.of(known(one), known(one))))
        .isEqualTo(new TaskRef(one.cid(), 0));
  }

  @Test
  void severalOrNone_areSaid() {
    String unknown = batch(3, 15).task(0).cid().toString();
    Batch twins = batch(4, 16, 16);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> find(unknown))
        .withMessage("this peer knows of no task " + unknown);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> find(three.cid().toString()))
        .withMessageEndingWith(
            "is no task, but the batch has %s/0 to %s/2", three.cid(), three.cid());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> find(three.cid() + "/3"))
        .withMessageContaining("is no task, but the batch has");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> TaskName.parse(twins.task(0).cid().toString()).find(List.of(known(twins))))
        .withMessageContaining("2 tasks are called")
        .withMessageContaining(twins.cid() + "/1");
  }

  @Test
  void prefixOfSeveral_listsSome() {
    Batch many = batch(5, LongStream.range(0, 100).toArray());
    String prefix = many.task(0).cid().toString().substring(0, TaskName.PREFIX_MIN);
    long count =
        IntStream.range(0, 100)
            .filter(it -> many.task(it).cid().toString().startsWith(prefix))
            .count();

    assertThat(count).isGreaterThan(5); // there are 8 such prefixes
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TaskName.parse(prefix).find(List.of(known(many))))
        .withMessageStartingWith(count + " tasks")
        .withMessageContaining(" are called %s; name one of them", prefix)
        .withMessageContaining(many.cid() + "/0, ")
        .withMessageEndingWith(", …");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bafiase | of which the first 8 or more will do, and this has 7",
        "'' | and this has 0",
        "QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWKPbdG | begins with b",
        "bafiasea1 | a CID has letters and the digits 2 to 7",
        "bafiasea/x | after the slash is the task's place, 0 to 255, not 'x'",
        "bafiasea/256 | not '256'",
        "bafiasea/-1 | not '-1'",
        "bafiasea/1/2 | not '1/2'",
        "bafiaseaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa | and this has 60"
      })
  void whatIsNoName_isSaid(String text, String why) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TaskName.parse(text))
        .withMessageStartingWith("'%s' is no name of a task: ", text)
        .withMessageContaining(why);
  }
}
