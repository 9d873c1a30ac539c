package io.minga.node.task;

import static io.minga.node.task.Samples.ALICE;
import static io.minga.node.task.Samples.LIMITS;
import static org.assertj.core.api.Assertions.assertThat;

import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.Hostile;
import io.minga.libp2p.wire.WireException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

final class HostileBytesTest {
  private static List<byte[]> corpus(Function<Random, Bytes> sample) {
    List<byte[]> corpus = new ArrayList<>();
    for (int seed = 0; seed < 12; seed++) {
      corpus.add(sample.apply(new Random(seed)).toByteArray());
    }
    return corpus;
  }

  @Test
  void batches() {
    Hostile.fuzz(
        101,
        corpus(random -> Samples.batch(random).bytes()),
        input -> {
          Batch batch = Batch.decode(LIMITS, Bytes.copyOf(input));
          batch.task(batch.size() - 1); // what was checked can be made
          return batch;
        });
  }

  @Test
  void tasks() {
    Hostile.fuzz(
        102,
        corpus(random -> Samples.batch(random).task(0).bytes()),
        input -> Task.decode(LIMITS, Bytes.copyOf(input)));
  }

  @Test
  void announcements() {
    Hostile.fuzz(
        103,
        corpus(random -> Samples.announcement(random).encode(ALICE)),
        input -> {
          Announcement read = Announcement.decode(LIMITS, Bytes.copyOf(input), ALICE);
          assertThat(Announcement.decode(LIMITS, read.encode(ALICE), ALICE)).isEqualTo(read);
          return read;
        });
  }

  @Test
  void loadReports() {
    Hostile.fuzz(
        104,
        corpus(random -> Samples.load(random).encode(LIMITS)),
        input -> {
          LoadReport read = LoadReport.decode(LIMITS, Bytes.copyOf(input));
          assertThat(LoadReport.decode(LIMITS, read.encode(LIMITS))).isEqualTo(read);
          return read;
        });
  }

  @Test
  void whereabouts() {
    Hostile.fuzz(
        110,
        corpus(
            random ->
                new Whereabouts(
                        List.of(
                            Multiaddr.parse("/ip4/10.0.0.1/tcp/" + (1 + random.nextInt(60_000))),
                            Multiaddr.parse("/ip6/::1/tcp/4001")))
                    .after(Samples.load(random).encode(LIMITS))),
        input -> {
          Whereabouts read = Whereabouts.decode(LIMITS, Bytes.copyOf(input));
          assertThat(Whereabouts.decode(LIMITS, read.after(Bytes.EMPTY))).isEqualTo(read);
          return read;
        });
  }

  @Test
  void whereaboutsBehindReport_leaveItAsItWas() throws WireException {
    LoadReport report =
        new LoadReport(
            1, 2, 2, 1, 0, 0, 0, false, List.of(), List.of(), 0, 0, true, "1", true, true);
    Whereabouts there =
        new Whereabouts(
            List.of(
                Multiaddr.parse("/ip4/10.0.0.1/tcp/4001"), Multiaddr.parse("/ip6/::1/tcp/4001")));

    Bytes both = there.after(report.encode(LIMITS));

    assertThat(LoadReport.decode(LIMITS, both)).isEqualTo(report);
    assertThat(Whereabouts.decode(LIMITS, both)).isEqualTo(there);
    assertThat(Whereabouts.decode(LIMITS, report.encode(LIMITS)).addresses()).isEmpty();
  }

  @Test
  void workFrames() {
    List<byte[]> corpus = corpus(random -> Samples.workFrame(random).encode());
    corpus.add(failures().toByteArray());
    Hostile.fuzz(
        105,
        corpus,
        input -> {
          WorkFrame read = WorkFrame.decode(LIMITS, Bytes.copyOf(input));
          if (!(read instanceof WorkFrame.Results)) {
            assertThat(WorkFrame.decode(LIMITS, read.encode())).isEqualTo(read);
          }
          return read;
        });
  }

  @Test
  void results() {
    Hostile.fuzz(
        106,
        corpus(HostileBytesTest::resultFrame),
        input -> {
          WorkFrame read = WorkFrame.decode(LIMITS, Bytes.copyOf(input));
          if (read instanceof WorkFrame.Results results) {
            for (ResultGroup group : results.groups()) {
              for (ResultGroup.Cursor at = group.cursor(); at.next(); ) {
                at.outcome(); // what was checked can be read
              }
            }
          }
          return read;
        });
  }

  /** As many failures as one frame can hold, of which each takes five bytes. */
  private static Bytes failures() {
    ResultsBuilder builder = new ResultsBuilder(LIMITS);
    for (int group = 1; group <= 20; group++) {
      builder.begin(new BatchName.Ref(group), 1);
      for (int index = 0; index < 256; index++) {
        Outcome.Kind kind = index % 2 == 0 ? Outcome.Kind.TIMEOUT : Outcome.Kind.CANCELLED;
        builder.add(index, new Outcome.Failure(kind, "", "", ""), 0);
      }
    }
    return builder.build();
  }

  private static Bytes resultFrame(Random random) {
    ResultsBuilder builder = new ResultsBuilder(LIMITS);
    for (int groups = 1 + random.nextInt(5); groups > 0; groups--) {
      builder.begin(Samples.name(random), 1 + random.nextInt(2));
      for (int index = random.nextInt(9); index < 60; index += 1 + random.nextInt(3)) {
        builder.add(index, Samples.outcome(random), random.nextInt(1 << 20));
      }
    }
    return builder.build();
  }

  @Test
  void moveFrames() {
    Hostile.fuzz(
        107,
        corpus(random -> Samples.moveFrame(random).encode()),
        input -> {
          MoveFrame read = MoveFrame.decode(LIMITS, Bytes.copyOf(input));
          assertThat(MoveFrame.decode(LIMITS, read.encode())).isEqualTo(read);
          return read;
        });
  }

  @Test
  void copyFrames() {
    List<byte[]> corpus = corpus(random -> Samples.copyFrame(random).encode());
    for (int seed = 0; seed < 4; seed++) {
      Random random = new Random(seed);
      corpus.add(copyEnded(Samples.batchCid(random), resultFrame(random)).toByteArray());
    }
    Hostile.fuzz(
        111,
        corpus,
        input -> {
          CopyFrame read = CopyFrame.decode(LIMITS, Bytes.copyOf(input));
          if (read instanceof CopyFrame.Ended ended) {
            ended.indexes(); // what was checked can be read
          } else if (!(read instanceof JobFrame.Ends ends) || ends.results() == null) {
            assertThat(CopyFrame.decode(LIMITS, read.encode())).isEqualTo(read);
          }
          return read;
        });
  }

  private static Bytes copyEnded(Cid batch, Bytes results) {
    try {
      WorkFrame.Results read = (WorkFrame.Results) WorkFrame.decode(LIMITS, results);
      return new CopyFrame.Ended(batch, ALICE, read).encode();
    } catch (WireException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void blockFrames() {
    Hostile.fuzz(
        108,
        corpus(random -> Samples.blockFrame(random).encode()),
        input -> {
          BlockFrame read = BlockFrame.decode(LIMITS, Bytes.copyOf(input));
          assertThat(BlockFrame.decode(LIMITS, read.encode())).isEqualTo(read);
          return read;
        });
  }
}
