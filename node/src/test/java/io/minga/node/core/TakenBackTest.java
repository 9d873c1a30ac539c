package io.minga.node.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.multiformats.Cid;
import io.minga.node.task.LoadReport;
import io.minga.node.task.MoveFrame;
import io.minga.node.task.Policy;
import io.minga.node.task.WorkFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A submitter's own task that another peer, which has more to do, offers back to it. */
final class TakenBackTest {
  private static final int RUN_MICROS = 100_000;
  private static final int LONG_MICROS = 20_000_000;

  private final Village village = new Village(1);
  private final House submitter = village.add(1, 1);
  private @Nullable House owner;
  private @Nullable Cid batch;
  private final List<MoveFrame> answers = new ArrayList<>();

  @BeforeEach
  void watch() {
    village.add(1, 1, Village.WORK);
    village.meet(3_000);
    village.passUntilDone(submitter.submit(Village.WORK, 20, RUN_MICROS, true), 20_000);
    village.watcher =
        (house, effect) -> {
          if (house == submitter
              && effect instanceof Effect.Send send
              && Frames.read(send) instanceof WorkFrame.Push push
              && owner == null) {
            owner = village.byPeer.get(send.to());
            batch = Objects.requireNonNull(push.batch()).cid();
          } else if (house == submitter && effect instanceof Effect.SendMove send) {
            answers.add(Frames.read(send));
          }
        };
  }

  /** The first peer that the submitter pushed its task to has much to do, and offers it back. */
  private void offerBack() {
    House giver = Objects.requireNonNull(owner);
    submitter.input(
        new Input.Received(
            giver.peer, new WorkFrame.Hello("lab", busy(giver.core.report(village.nowNanos)))));
    MoveFrame.Lot lot =
        new MoveFrame.Lot(
            Objects.requireNonNull(batch), submitter.peer, 1, IndexSet.of(0), LONG_MICROS);
    submitter.input(new Input.Offer(List.of(Village.WORK)));
    answers.clear();
    submitter.input(new Input.MoveReceived(giver.peer, new MoveFrame.Offer(5, List.of(lot))));
  }

  private static LoadReport busy(LoadReport any) {
    return new LoadReport(
        any.boot(),
        any.sequence() + 1_000,
        any.slots(),
        any.slots(),
        100,
        100L * LONG_MICROS,
        any.functionsVersion(),
        true,
        any.functions(),
        List.of(),
        any.cores(),
        any.memoryMib(),
        false,
        "",
        false);
  }

  @Test
  void isTakenBack() {
    submitter.submitExactly(Village.WORK, LONG_MICROS, Policy.DEFAULT);
    village.pass(2_000);

    offerBack();

    assertThat(answers).anyMatch(MoveFrame.Accept.class::isInstance);
  }

  /** It would run here, and be nobody's once the other is through with it. */
  @Test
  void isLeftWhereItIs_ifItRunsWithASecondPeerToo() {
    village.add(1, 1, Village.WORK);
    village.meet(3_000);
    submitter.submitExactly(Village.WORK, LONG_MICROS, Policy.DEFAULT);
    village.pass(2_000);
    assertThat(submitter.core.tasksCopied()).isEqualTo(1);

    offerBack();

    assertThat(answers).isNotEmpty().noneMatch(MoveFrame.Accept.class::isInstance);
  }
}
