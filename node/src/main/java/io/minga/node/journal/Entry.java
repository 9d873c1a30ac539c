package io.minga.node.journal;

import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.ProtobufReader;
import io.minga.libp2p.wire.ProtobufWriter;
import io.minga.libp2p.wire.WireException;
import io.minga.node.task.Batch;
import io.minga.node.task.BatchName;
import io.minga.node.task.CopyFrame;
import io.minga.node.task.ResultGroup;
import io.minga.node.task.TaskLimits;
import io.minga.node.task.Tries;
import io.minga.node.task.WorkFrame;

/** What the journal is told of durable work. The body of a row is the encoding of one. */
public sealed interface Entry {
  /** The number of {@link Opened} in a row. */
  int OPENED = 1;

  /** The number of {@link Ended} in a row. */
  int ENDED = 2;

  /** The number of {@link Kept} in a row. */
  int KEPT = 3;

  /** The number of {@link Copied} in a row. */
  int COPIED = 4;

  /** The number of {@link CopyEnded} in a row. */
  int COPY_ENDED = 5;

  /** The number of {@link Tried} in a row. */
  int TRIED = 6;

  /** The number of {@link CopyTried} in a row. */
  int COPY_TRIED = 7;

  /**
   * A batch of a job came in. A job is acknowledged once all of its tasks are in.
   *
   * @param job its number, from 1
   * @param total how many tasks the job has
   * @param offset how many of them are in the batches before this one
   */
  record Opened(long job, long total, long offset, Batch batch) implements Entry {
    private static final int TOTAL = 1;
    private static final int OFFSET = 2;
    private static final int BATCH = 3;

    /** Checks that the batch is within the job. */
    public Opened {
      if (job < 1 || offset < 0 || total - batch.size() < offset) {
        throw new IllegalArgumentException(
            "%d tasks from %d on of job %d, which has %d"
                .formatted(batch.size(), offset, job, total));
      }
    }

    @Override
    public int kind() {
      return OPENED;
    }

    @Override
    public Bytes encode() {
      return new ProtobufWriter()
          .uint64(TOTAL, total)
          .uint64(OFFSET, offset)
          .bytes(BATCH, batch.bytes())
          .toBytes();
    }

    private static Opened decode(TaskLimits limits, long job, Bytes body) throws WireException {
      ProtobufReader in = ProtobufReader.of("Opened", body);
      long total = -1;
      long offset = -1;
      Batch batch = null;
      while (in.next()) {
        switch (in.field()) {
          case TOTAL -> total = in.uint64();
          case OFFSET -> offset = in.uint64();
          case BATCH -> batch = Batch.decode(limits, in.bytes(limits.batchBytesMax()));
          default -> {}
        }
      }
      if (batch == null || job < 1 || offset < 0 || total - batch.size() < offset) {
        throw new WireException(
            "Opened: job %d, total %d, offset %d, and a batch within them are right"
                .formatted(job, total, offset));
      }
      return new Opened(job, total, offset, batch);
    }
  }

  /**
   * Tasks of one batch have ended. Of what is said of one task several times the first counts.
   *
   * @param results named by the batch's sequence + 1
   */
  record Ended(WorkFrame.Results results) implements Entry {
    /** The batch's sequence. */
    public long batch() {
      return ((BatchName.Ref) results.groups().get(0).batch()).number() - 1;
    }

    @Override
    public int kind() {
      return ENDED;
    }

    @Override
    public Bytes encode() {
      return results.encode();
    }

    /**
     * The entry whose body is this frame.
     *
     * @throws WireException if it is not that of results of one batch, named by a number
     */
    public static Ended decode(TaskLimits limits, Bytes body) throws WireException {
      if (!(WorkFrame.decode(limits, body) instanceof WorkFrame.Results results)) {
        throw new WireException("Ended: a frame of results is right");
      }
      BatchName name = results.groups().get(0).batch();
      for (ResultGroup group : results.groups()) {
        if (!(name instanceof BatchName.Ref) || !group.batch().equals(name)) {
          throw new WireException("Ended: results of one batch, named by its number, are right");
        }
      }
      return new Ended(results);
    }
  }

  /**
   * A job of which entries were lost counts as acknowledged, with what there is of it.
   *
   * @param job its number
   */
  record Kept(long job) implements Entry {
    @Override
    public int kind() {
      return KEPT;
    }

    @Override
    public Bytes encode() {
      return Bytes.EMPTY;
    }
  }

  /** A batch that another peer has submitted is kept for it. */
  record Copied(CopyFrame.Keep keep) implements Entry {
    @Override
    public int kind() {
      return COPIED;
    }

    @Override
    public Bytes encode() {
      return keep.encode();
    }
  }

  /**
   * Tasks of such a batch have ended. Of what is said of one task several times that counts whose
   * origin has the highest {@link Precedence}, and then the first.
   */
  record CopyEnded(CopyFrame.Ended ended) implements Entry {
    @Override
    public int kind() {
      return COPY_ENDED;
    }

    @Override
    public Bytes encode() {
      return ended.encode();
    }
  }

  /**
   * How often tasks of one batch were tried. Of what is said of one task the larger numbers count.
   *
   * @param batch its sequence
   */
  record Tried(long batch, Tries tries) implements Entry {
    private static final int NUMBER = 1;
    private static final int TRIES = 2;

    @Override
    public int kind() {
      return TRIED;
    }

    @Override
    public Bytes encode() {
      return new ProtobufWriter().uint64(NUMBER, batch + 1).bytes(TRIES, tries.encode()).toBytes();
    }

    private static Tried decode(Bytes body) throws WireException {
      ProtobufReader in = ProtobufReader.of("Tried", body);
      long number = 0;
      Tries tries = null;
      while (in.next()) {
        switch (in.field()) {
          case NUMBER -> number = in.uint64();
          case TRIES -> tries = Tries.decode(in.bytes(Tries.BYTES_MAX));
          default -> {}
        }
      }
      if (number < 1 || tries == null) {
        throw new WireException("Tried: a batch in field 1, and what is known in 2, are right");
      }
      return new Tried(number - 1, tries);
    }
  }

  /** The same of a batch that is kept for another peer. */
  record CopyTried(CopyFrame.Tried tried) implements Entry {
    @Override
    public int kind() {
      return COPY_TRIED;
    }

    @Override
    public Bytes encode() {
      return tried.encode();
    }
  }

  private static Entry copied(TaskLimits limits, Bytes body) throws WireException {
    CopyFrame frame = CopyFrame.decode(limits, body);
    if (frame instanceof CopyFrame.Keep keep) {
      return new Copied(keep);
    } else if (frame instanceof CopyFrame.Ended ended) {
      return new CopyEnded(ended);
    } else if (frame instanceof CopyFrame.Tried tried) {
      return new CopyTried(tried);
    }
    throw new WireException(
        "a copy: a frame that has it kept, or says how it ended or was tried, is right");
  }

  /** What it is, as a number in a row. */
  int kind();

  /** The body of its row. */
  Bytes encode();

  /**
   * What a row says.
   *
   * @throws WireException if it can't be understood
   */
  static Entry decode(TaskLimits limits, Row row) throws WireException {
    return switch (row.kind()) {
      case OPENED -> Opened.decode(limits, row.job(), row.body());
      case ENDED -> Ended.decode(limits, row.body());
      case KEPT -> new Kept(row.job());
      case TRIED -> Tried.decode(row.body());
      case COPIED, COPY_ENDED, COPY_TRIED -> {
        Entry entry = copied(limits, row.body());
        if (entry.kind() != row.kind()) {
          throw new WireException("a row of kind %d with another's body".formatted(row.kind()));
        }
        yield entry;
      }
      default ->
          throw new WireException("a row of kind %d, where 1 to 7 are right".formatted(row.kind()));
    };
  }
}
