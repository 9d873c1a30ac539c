package io.minga.node.task;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.ProtobufReader;
import io.minga.libp2p.wire.WireException;
import io.minga.node.task.JobFrame.Ask;
import io.minga.node.task.JobFrame.Ends;
import io.minga.node.task.JobFrame.Known;
import io.minga.node.task.JobFrame.Standing;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The protobuf form of a {@link JobFrame}: one of three messages of a {@link CopyFrame}. */
final class JobCodec {
  static final int ASK = 8;
  static final int KNOWN = 9;
  static final int ENDS = 10;

  private static final int NUMBER = 1;
  private static final int LINEAGE = 2;
  private static final int JOB = 3;
  private static final int SUBMITTER = 4;
  private static final int FROM = 5;
  private static final int JOBS = 2;
  private static final int FUNCTION = 5;
  private static final int TOTAL = 6;
  private static final int LOST = 7;
  private static final int ENDED = 8;
  private static final int FAILED = 9;
  private static final int CREATED = 10;
  private static final int EXPIRES = 11;
  private static final int RUN = 12;
  private static final int RUN_SKIP = 1;
  private static final int RUN_SIZE = 2;
  private static final int UNTIL = 2;
  private static final int CONFIRMED_RUNS = 3;
  private static final int CONFIRMED_BITMAP = 4;
  private static final int RESULTS = 5;
  private static final int ASK_BYTES_MAX = 256;
  private static final int RUN_BYTES_MAX = 32;

  private JobCodec() {}

  static void write(FrameWriter out, JobFrame frame) {
    int begun;
    if (frame instanceof Ask ask) {
      begun = out.begin(ASK);
      out.number(NUMBER, ask.number());
      if (ask.job() != 0) {
        out.bytes(LINEAGE, Fields.fixed64(ask.lineage()));
        out.number(JOB, ask.job());
      }
      PeerId submitter = ask.submitter();
      if (submitter != null) {
        out.bytes(SUBMITTER, submitter.multihash());
      }
      number(out, FROM, ask.from());
    } else if (frame instanceof Known known) {
      begun = out.begin(KNOWN);
      out.number(NUMBER, known.number());
      known.jobs().forEach(job -> write(out, job));
    } else {
      Ends ends = (Ends) frame;
      begun = out.begin(ENDS);
      out.number(NUMBER, ends.number());
      out.number(UNTIL, ends.until());
      if (!ends.confirmed().isEmpty()) {
        out.indexes(CONFIRMED_RUNS, CONFIRMED_BITMAP, ends.confirmed());
      }
      WorkFrame.Results results = ends.results();
      if (results != null) {
        out.bytes(RESULTS, results.encode());
      }
    }
    out.end(begun);
  }

  private static void number(FrameWriter out, int field, long value) {
    if (value != 0) {
      out.number(field, value);
    }
  }

  private static void write(FrameWriter out, Standing job) {
    int begun = out.begin(JOBS);
    out.bytes(LINEAGE, Fields.fixed64(job.lineage()));
    out.number(JOB, job.job());
    out.bytes(SUBMITTER, job.submitter().multihash());
    out.text(FUNCTION, job.function().toString());
    out.number(TOTAL, job.total());
    number(out, LOST, job.lost());
    number(out, ENDED, job.ended());
    number(out, FAILED, job.failed());
    number(out, CREATED, job.createdAtMillis());
    number(out, EXPIRES, job.expiresAtMillis());
    long before = 0;
    for (TaskRuns.Run run : job.runs().runs()) {
      int inner = out.begin(RUN);
      number(out, RUN_SKIP, run.from() - before);
      out.number(RUN_SIZE, run.to() - run.from());
      out.end(inner);
      before = run.to();
    }
    out.end(begun);
  }

  static JobFrame read(TaskLimits limits, ProtobufReader in) throws WireException {
    int max = limits.copyFrameBytesMax();
    return switch (in.field()) {
      case ASK -> readAsk(in.message("Ask", ASK_BYTES_MAX));
      case KNOWN -> readKnown(limits, in.message("Known", max));
      default -> readEnds(limits, in.message("Ends", max));
    };
  }

  private static Ask readAsk(ProtobufReader in) throws WireException {
    long number = 0;
    long lineage = 0;
    long job = 0;
    PeerId submitter = null;
    long from = 0;
    long seen = 0;
    while (in.next()) {
      seen = Fields.once(in, seen, FROM);
      switch (in.field()) {
        case NUMBER -> number = Fields.number(in, 1L, Long.MAX_VALUE);
        case LINEAGE -> lineage = Fields.fixed64(in);
        case JOB -> job = Fields.number(in, 1L, Long.MAX_VALUE);
        case SUBMITTER -> submitter = Fields.peerId(in);
        case FROM -> from = Fields.number(in, 0L, Long.MAX_VALUE);
        default -> {}
      }
    }
    if (!Ask.isRight(number, lineage, job, submitter, from)) {
      throw new WireException(
          "Ask: a number, and of a job its lineage, number and submitter are right, not job %d"
              .formatted(job));
    }
    return new Ask(number, lineage, job, submitter, from);
  }

  private static Known readKnown(TaskLimits limits, ProtobufReader in) throws WireException {
    long number = 0;
    List<Standing> jobs = new ArrayList<>();
    long seen = 0;
    while (in.next()) {
      if (in.field() == JOBS) {
        Fields.requireRoom(in, jobs, limits.partsMax());
        jobs.add(readStanding(in.message("Standing", limits.copyFrameBytesMax())));
        continue;
      }
      seen = Fields.once(in, seen, NUMBER);
      if (in.field() == NUMBER) {
        number = Fields.number(in, 1L, Long.MAX_VALUE);
      }
    }
    Fields.require("Known", seen, NUMBER);
    return new Known(number, jobs);
  }

  private static Standing readStanding(ProtobufReader in) throws WireException {
    long[] numbers = new long[EXPIRES + 1];
    PeerId submitter = null;
    FunctionName function = null;
    List<TaskRuns.Run> runs = new ArrayList<>();
    long seen = 0;
    while (in.next()) {
      if (in.field() == RUN) {
        Fields.requireRoom(in, runs, TaskRuns.MAX);
        long before = runs.isEmpty() ? -1 : runs.get(runs.size() - 1).to();
        runs.add(readRun(in.message("Run", RUN_BYTES_MAX), before));
        continue;
      }
      seen = Fields.once(in, seen, RUN);
      switch (in.field()) {
        case LINEAGE -> numbers[LINEAGE] = Fields.fixed64(in);
        case SUBMITTER -> submitter = Fields.peerId(in);
        case FUNCTION -> function = Fields.function(in);
        case JOB, TOTAL, LOST, ENDED, FAILED, CREATED, EXPIRES ->
            numbers[in.field()] = Fields.number(in, 0L, Long.MAX_VALUE);
        default -> {}
      }
    }
    TaskRuns ended = new TaskRuns(runs);
    if (submitter == null
        || function == null
        || !Standing.isRight(
            numbers[JOB], numbers[TOTAL], numbers[LOST], numbers[ENDED], numbers[FAILED], ended)) {
      throw new WireException(
          "Standing: a submitter, a function, and counts within the job are right, not %d of %d"
              .formatted(numbers[ENDED], numbers[TOTAL]));
    }
    return new Standing(
        submitter,
        numbers[LINEAGE],
        numbers[JOB],
        function,
        numbers[TOTAL],
        numbers[LOST],
        numbers[ENDED],
        numbers[FAILED],
        numbers[CREATED],
        numbers[EXPIRES],
        ended);
  }

  /** A run behind the one that ended before the number {@code before}; -1 if it is the first. */
  private static TaskRuns.Run readRun(ProtobufReader in, long before) throws WireException {
    long skip = 0;
    long size = 0;
    long seen = 0;
    while (in.next()) {
      seen = Fields.once(in, seen, RUN_SIZE);
      switch (in.field()) {
        case RUN_SKIP -> skip = Fields.number(in, 1L, Long.MAX_VALUE / 4);
        case RUN_SIZE -> size = Fields.number(in, 1L, Long.MAX_VALUE / 4);
        default -> {}
      }
    }
    long from = Math.max(before, 0) + skip;
    if (size == 0 || (before >= 0 && skip == 0) || from > Long.MAX_VALUE / 2) {
      throw new WireException("Run: a size, and what is skipped since the last one, are right");
    }
    return new TaskRuns.Run(from, from + size);
  }

  private static Ends readEnds(TaskLimits limits, ProtobufReader in) throws WireException {
    long number = 0;
    int until = 0;
    IndexSet confirmed = IndexSet.EMPTY;
    WorkFrame.@Nullable Results results = null;
    long seen = 0;
    while (in.next()) {
      seen = Fields.once(in, seen, RESULTS);
      switch (in.field()) {
        case NUMBER -> number = Fields.number(in, 1L, Long.MAX_VALUE);
        case UNTIL -> until = Fields.number(in, 1, JobFrame.TASKS_MAX);
        case CONFIRMED_RUNS, CONFIRMED_BITMAP ->
            confirmed = Fields.indexes(in, CONFIRMED_RUNS, confirmed);
        case RESULTS -> results = CopyCodec.readResults(limits, in);
        default -> {}
      }
    }
    Fields.require("Ends", seen, NUMBER, UNTIL);
    Ends ends = new Ends(number, until, confirmed, results);
    IndexSet indexes = ends.indexes();
    if (!confirmed.andNot(indexes).isEmpty() || (!indexes.isEmpty() && indexes.last() >= until)) {
      throw new WireException(
          "Ends: outcomes of tasks below %d, some of them confirmed, are right".formatted(until));
    }
    return ends;
  }
}
