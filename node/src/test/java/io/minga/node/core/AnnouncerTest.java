package io.minga.node.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.crdt.claims.ClaimDelta;
import io.minga.crdt.claims.ClaimMessage;
import io.minga.crdt.claims.IndexSet;
import io.minga.crdt.claims.Phase;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import io.minga.node.task.Announcement;
import io.minga.node.task.Batch;
import io.minga.node.task.BatchBuilder;
import io.minga.node.task.BatchHeader;
import io.minga.node.task.MoveFrame;
import io.minga.node.task.Policy;
import io.minga.node.task.Saying;
import io.minga.node.task.TaskLimits;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a peer keeps of a batch that others have to do with. */
final class AnnouncerTest {
  private static final long NOW_MILLIS = 1_700_000_000_000L;
  private static final int TASKS = 8;

  private final TaskLimits limits = TaskLimits.defaults();
  private final PeerId submitter = Village.peer(2);
  private final Announcer announcer = new Announcer(Village.peer(1), NodeOptions.of("lab", 2));
  private final Batch batch = batch();

  private Batch batch() {
    BatchHeader header =
        new BatchHeader(
            "lab", submitter, 1, 1, NOW_MILLIS, NOW_MILLIS + 86_400_000, Policy.DEFAULT);
    BatchBuilder builder = new BatchBuilder(limits, header);
    for (int i = 0; i < TASKS; i++) {
      builder.addSalted(Village.WORK, Village.input(i), i);
    }
    return builder.build();
  }

  private void announced() throws WireException {
    Announcement said = Announcement.of(limits, batch, 0, List.of());
    Saying signed = VillageGossip.sign(submitter, Saying.Kind.ANNOUNCEMENT, said.encode(submitter));
    announcer.announced(0, NOW_MILLIS, new Input.Announced(submitter, said, signed), null);
  }

  private int settled(IndexSet tasks) throws WireException {
    ClaimDelta.Entry entry = new ClaimDelta.Entry(Phase.SETTLED, 0, tasks);
    ClaimDelta delta =
        new ClaimDelta(Announcer.id(batch.cid()), Announcer.id(submitter), List.of(entry));
    Bytes message = Bytes.copyOf(new ClaimMessage(List.of(delta)).encode());
    Saying signed = VillageGossip.sign(submitter, Saying.Kind.CLAIMS, message);
    announcer.claimed(NOW_MILLIS, delta, new Hearsay.Signed(signed));
    return signed.length();
  }

  private boolean knows() {
    IndexSet all = IndexSet.range(0, TASKS);
    return announcer.known(new MoveFrame.Lot(batch.cid(), submitter, 1, all, 1, null)) != null;
  }

  @Test
  void batchThatIsOpen_isKept_sinceItsTasksMayBeOffered() throws WireException {
    announced();
    settled(IndexSet.range(0, TASKS - 1));

    assertThat(knows()).isTrue();
    assertThat(announcer.hearsay().bytes()).isGreaterThan(batch.bytes().length());
  }

  @Test
  void batchThatIsAllSettled_isLetGo_butNotTheWordThatItIs() throws WireException {
    announced();
    int length = settled(IndexSet.range(0, TASKS));

    assertThat(knows()).isFalse();
    assertThat(announcer.hearsay().bytes()).isEqualTo(length);
    assertThat(announcer.follows(batch.cid())).isTrue();
  }

  @Test
  void batchThatWasSettledBefore_orIsAnnouncedOnceMore_isNotKept() throws WireException {
    int length = settled(IndexSet.range(0, TASKS));
    announced();
    announced();

    assertThat(knows()).isFalse();
    assertThat(announcer.hearsay().bytes()).isEqualTo(length);
  }
}
