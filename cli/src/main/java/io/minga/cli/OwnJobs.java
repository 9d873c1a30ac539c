package io.minga.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.minga.cli.control.ControlException;
import io.minga.cli.control.Daemon;
import io.minga.cli.control.Json;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import io.minga.node.journal.JobId;
import io.minga.node.journal.JobState;
import io.minga.node.journal.TaskEnd;
import io.minga.node.journal.store.Journal;
import io.minga.node.runtime.DurableJobs;
import io.minga.node.runtime.JobLookup;
import io.minga.node.runtime.PeerRuntime;
import io.minga.node.task.FunctionName;
import io.minga.node.task.Outcome;
import io.minga.node.task.Payload;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The durable jobs of a peer in this process, as commands see them. */
final class OwnJobs {
  private static final int ATTEMPTS = 3;
  private static final int PRIORITY = 5;

  private final PeerRuntime runtime;
  private final DurableJobs durable;

  OwnJobs(PeerRuntime runtime) {
    this.runtime = runtime;
    this.durable = runtime.durable();
  }

  CompletableFuture<String> submit(
      String function, List<JsonNode> inputs, Daemon.Way way, long keepMillis) {
    return told(
        () -> {
          FunctionName name = new FunctionName(function);
          List<Payload> payloads = new ArrayList<>(inputs.size());
          for (JsonNode input : inputs) {
            payloads.add(
                Payload.of(Bytes.copyOf(io.minga.node.value.Json.toValue(input.toString()))));
          }
          if (payloads.isEmpty() || keepMillis < 1) {
            throw new IllegalArgumentException(
                "a job has at least one task, and is kept for at least a millisecond");
          }
          return durable.submit(
              name,
              DurableJobs.policy(
                  PRIORITY, way.timeoutMillis().orElse(0), ATTEMPTS, List.of(), way.exclusive()),
              keepMillis,
              payloads);
        },
        JobId::toString);
  }

  CompletableFuture<List<Daemon.JobRow>> all() {
    return told(
        durable.lookup()::jobs,
        jobs -> jobs.stream().limit(Daemon.ROWS_MAX).map(this::row).toList());
  }

  CompletableFuture<Daemon.JobRow> one(String name, boolean whenDone) {
    return told(
        () -> {
          JobId id = JobId.parse(name);
          return whenDone ? durable.lookup().whenDone(id) : durable.lookup().job(id);
        },
        job ->
            row(
                job.orElseThrow(
                    () ->
                        new IllegalArgumentException(
                            ("neither this peer nor one that it is connected with knows a job %s;"
                                    + " minga jobs lists those that are known")
                                .formatted(name)))));
  }

  CompletableFuture<List<Daemon.JobEnd>> outcomes(String name, long from) {
    return told(
        () -> durable.lookup().outcomes(JobId.parse(name), from),
        ends -> ends.stream().map(OwnJobs::end).toList());
  }

  /** How many batches of others are kept. */
  CompletableFuture<Long> kept() {
    Journal journal = durable.journal();
    return journal == null
        ? CompletableFuture.completedFuture(0L)
        : journal.size().thenApply(it -> (long) it.copies()).exceptionally(closed -> 0L);
  }

  CompletableFuture<Daemon.JournalRow> journal() {
    Journal journal = durable.journal();
    return journal == null
        ? CompletableFuture.completedFuture(new Daemon.JournalRow(0, 0, 0, 0, 0))
        : told(
            journal::size,
            it ->
                new Daemon.JournalRow(
                    it.jobs(), it.openTasks(), it.rows(), it.commits(), it.bytes()));
  }

  private Daemon.JobRow row(JobLookup.Found found) {
    JobState job = found.state();
    PeerId submitter = found.submitter();
    long now = System.currentTimeMillis();
    return new Daemon.JobRow(
        job.id().toString(),
        job.function().toString(),
        job.isDone() ? "done" : "open",
        job.total(),
        job.ended(),
        job.failed(),
        job.lost(),
        job.copies() == JobState.COPIES_UNKNOWN ? null : job.copies(),
        Math.max(0, now - job.createdAtMillis()),
        Math.max(0, job.expiresAtMillis() - now),
        submitter == null ? runtime.self().toString() : submitter.toString(),
        submitter == null);
  }

  private static Daemon.JobEnd end(TaskEnd end) {
    if (end.outcome() instanceof Outcome.Value value
        && value.payload() instanceof Payload.Inline inline) {
      try {
        byte[] bytes = inline.toBytes().toByteArray();
        JsonNode shown = Json.parse(io.minga.node.value.Json.ofValue(bytes));
        return new Daemon.JobEnd(end.index(), shown, null);
      } catch (WireException | IllegalArgumentException e) {
        return failed(end, "BAD_RESULT", "the result can't be shown: " + e.getMessage());
      }
    }
    if (end.outcome() instanceof Outcome.Failure failure) {
      return new Daemon.JobEnd(end.index(), null, OwnPeer.failed(failure, null, 0, null));
    }
    return failed(end, "MISSING_CONTENT", "the result was not kept");
  }

  private static Daemon.JobEnd failed(TaskEnd end, String kind, String message) {
    return new Daemon.JobEnd(
        end.index(), null, new Daemon.Failed(kind, message, null, null, 0, ""));
  }

  /** Asks for something. */
  private interface Question<T> {
    CompletableFuture<T> ask();
  }

  /** The answer as commands are told it, and what went wrong in words. */
  private <T, R> CompletableFuture<R> told(Question<T> question, Function<T, R> told) {
    CompletableFuture<R> answer = new CompletableFuture<>();
    CompletableFuture<T> asked;
    try {
      asked = question.ask();
    } catch (IllegalArgumentException e) {
      answer.completeExceptionally(new ControlException(String.valueOf(e.getMessage())));
      return answer;
    }
    // The journal's thread has other things to do than to make rows.
    asked
        .thenApplyAsync(told, runtime.callers())
        .whenComplete(
            (given, thrown) -> {
              if (thrown == null) {
                answer.complete(given);
              } else {
                answer.completeExceptionally(sentence(thrown));
              }
            });
    answer.whenComplete(
        (given, thrown) -> {
          if (answer.isCancelled()) {
            asked.cancel(false);
          }
        });
    return answer;
  }

  private static ControlException sentence(@Nullable Throwable thrown) {
    Throwable cause = thrown;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return new ControlException(cause == null ? "" : String.valueOf(cause.getMessage()));
  }
}
