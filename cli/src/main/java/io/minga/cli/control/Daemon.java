package io.minga.cli.control;

import com.fasterxml.jackson.databind.JsonNode;
import io.minga.libp2p.wire.Bytes;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A running peer, as commands see it: here, or at the other end of a socket. Safe for any thread.
 *
 * <p>Futures end exceptionally with a {@link ControlException} that says what is wrong and what to
 * do.
 */
public interface Daemon extends AutoCloseable {
  /** How many calls of a job come in together at most. */
  int PART_CALLS_MAX = 256;

  /** How many rows a list has at most. */
  int ROWS_MAX = 10_000;

  /**
   * How calls are run.
   *
   * @param timeoutMillis how long one attempt may run; the network's default if there is none
   * @param exclusive whether one peer at a time may run each, under a lease
   */
  record Way(OptionalLong timeoutMillis, boolean exclusive) {
    /** As the network likes. */
    public static final Way DEFAULT = new Way(OptionalLong.empty(), false);
  }

  /**
   * Calls a function, wherever in the network it is offered. Cancelling the future cancels the
   * task; a task that fails is an {@link Outcome}, not an exception.
   *
   * @param way how it is run
   */
  CompletableFuture<Outcome> call(String function, JsonNode input, Way way);

  /**
   * Calls a function for each of a few inputs, a part of one job.
   *
   * @param inputs values, 1 to {@link #PART_CALLS_MAX}
   * @param jobCalls how many calls the job has in all, as far as that is known: it decides how they
   *     are shared out
   * @param came told how calls ended, each once, some at a time, from any thread
   * @return completes when all have ended and {@code came} was told; cancelling it cancels the rest
   */
  CompletableFuture<Void> map(
      String function, List<Bytes> inputs, long jobCalls, Way way, Consumer<List<Ended>> came);

  /** How the peer is. */
  CompletableFuture<Status> status();

  /** The peers of the network that it knows, itself among them. */
  CompletableFuture<List<PeerRow>> peers();

  /**
   * Tasks that came in there, and those that it has of other peers: first the open ones, the oldest
   * first, then those that are over, the latest first.
   *
   * @param states only those in one of these states; all if there is none
   * @param max how many, at most
   */
  CompletableFuture<List<TaskRow>> tasks(List<String> states, int max);

  /** The functions that are offered in the network. */
  CompletableFuture<List<FunctionRow>> functions();

  /**
   * Cancels the task that a person calls so, if it came in at this peer; how it stood before.
   *
   * @param name see {@link io.minga.node.story.TaskName}
   */
  CompletableFuture<TaskRow> cancel(String name);

  /** Cancels all open tasks that came in at this peer; how many there were. */
  CompletableFuture<Long> cancelAll();

  /** What happened to the task that a person calls so. */
  CompletableFuture<Story> explain(String name);

  /**
   * Has a function called for each of these as a durable job, which goes on without the client, and
   * when the peer is started again.
   *
   * @param way if exclusive, its tasks wait while the peer is away
   * @param keepMillis how long it may take, and its results are kept
   * @return the job's name, once it is on the peer's disk
   */
  CompletableFuture<String> submit(
      String function, List<JsonNode> inputs, Way way, long keepMillis);

  /**
   * The durable jobs that came in at this peer, in the order in which they came, and then those of
   * which the peers tell that it is connected with.
   */
  CompletableFuture<List<JobRow>> jobs();

  /**
   * How a durable job stands.
   *
   * @param name as {@link #submit} gave it
   * @param whenDone whether to answer only when all of its tasks have ended
   */
  CompletableFuture<JobRow> job(String name, boolean whenDone);

  /**
   * How tasks of a durable job ended, at most {@link #PAGE_TASKS} from the number {@code from} on.
   */
  CompletableFuture<List<JobEnd>> outcomes(String name, long from);

  /** How many tasks of a durable job are told of at once. */
  int PAGE_TASKS = 256;

  /** How much the peer's journal holds. */
  CompletableFuture<JournalRow> journal();

  @Override
  void close();

  /** How a task ended. */
  sealed interface Outcome {}

  /** It has a result. */
  record Value(JsonNode value) implements Outcome {}

  /**
   * It failed.
   *
   * @param kind in capitals, such as TIMED_OUT
   * @param cid its name, if it got one
   * @param peer who ran it last, if anybody did
   * @param attempts how often it was tried
   * @param stack where in the handler it failed; empty if that is not known
   */
  record Failed(
      String kind,
      String message,
      @Nullable String cid,
      @Nullable String peer,
      int attempts,
      String stack)
      implements Outcome {}

  /**
   * How a call of a job ended.
   *
   * @param index which of the inputs that came in together, from 0
   * @param value its result, as a value; null if it failed
   * @param failure how it failed; null if it has a result
   */
  record Ended(int index, @Nullable Bytes value, @Nullable Failed failure) {}

  /**
   * How a peer is.
   *
   * @param addresses where it listens, ending in its id
   * @param peers how many peers of the network it knows, itself not counted
   * @param slots how many tasks it runs at once
   * @param running how many it runs
   * @param queued how many wait here for a slot
   * @param ran how many it has run to their end since it started, whoever's they are
   * @param open how many of its own callers' tasks have no outcome yet
   * @param done how many of its own callers' tasks have had their outcomes since it started
   * @param workMillis how long what waits here will take, as far as it knows
   * @param kept how many batches of durable jobs of other peers it keeps for them
   * @param keptOff which peers get no tasks of which functions from it
   */
  record Status(
      String peer,
      String network,
      List<String> addresses,
      long upMillis,
      int peers,
      int slots,
      int running,
      long queued,
      long ran,
      long open,
      long done,
      long workMillis,
      long kept,
      List<KeptOff> keptOff) {}

  /**
   * A peer that gets no tasks of a function from the one that was asked, since it fails what others
   * don't.
   *
   * @param forMillis for how long still
   */
  record KeptOff(String peer, String function, long forMillis) {}

  /**
   * A peer of the network.
   *
   * @param self whether it is the one that was asked
   * @param state such as connected, silent or leaving
   * @param workMillis how long what waits there will take, as it said
   * @param finishMillis when it will be through with it, from now
   */
  record PeerRow(
      String peer,
      boolean self,
      String state,
      int slots,
      long queued,
      long workMillis,
      long finishMillis,
      long done,
      List<String> tags) {}

  /**
   * A task.
   *
   * @param cid its name: its CID, or, if that is not known any more, {@code ref}
   * @param ref its batch's CID and its place there, as in {@code bafi…/3}
   * @param state see {@link io.minga.node.story.TaskState}
   * @param peer who has it, or had it last; null if nobody ever did
   * @param attempts how often it was handed to a peer
   * @param submitter the peer that it came in at
   * @param ageMillis since when it is known there
   * @param tookMillis how long it was open there; null if it still is
   */
  record TaskRow(
      String cid,
      String ref,
      String function,
      String state,
      @Nullable String peer,
      int attempts,
      String submitter,
      long ageMillis,
      @Nullable Long tookMillis) {}

  /**
   * A function.
   *
   * @param peers how many peers offer it
   * @param here whether the one that was asked does
   * @param meanMillis how long a call takes, as far as is known; 0 if it isn't
   */
  record FunctionRow(String function, int peers, boolean here, double meanMillis) {}

  /**
   * A durable job.
   *
   * @param state {@code open}, or {@code done} when all its tasks have ended
   * @param lost how many tasks were lost with a damaged journal
   * @param copies at how many other peers it is, too; null if that isn't known any more, or the job
   *     is another peer's
   * @param submitter the peer that it came in at
   * @param here whether that is the one that was asked
   */
  record JobRow(
      String job,
      String function,
      String state,
      long tasks,
      long ended,
      long failed,
      long lost,
      @Nullable Integer copies,
      long ageMillis,
      long expiresInMillis,
      String submitter,
      boolean here) {}

  /**
   * How a task of a durable job ended.
   *
   * @param index which, from 0
   * @param value its result, or null if it failed
   * @param failure how it failed, or null
   */
  record JobEnd(long index, @Nullable JsonNode value, @Nullable Failed failure) {}

  /** How much a journal holds; all 0 if the peer has none. */
  record JournalRow(int jobs, long openTasks, long rows, long commits, long bytes) {}

  /** What happened to a task, in order. */
  record Story(TaskRow task, List<Event> events) {}

  /**
   * Something that happened to a task.
   *
   * @param at when, by the clock of the peer that was asked (RFC 3339)
   * @param afterMillis how long after it came in there
   * @param what see {@link io.minga.node.story.TaskEvent.What}, in small letters
   * @param peer with whom, if anybody
   * @param attempt which attempt begins by it, from 1; 0 if none does
   * @param why in words; empty if there is nothing to say
   */
  record Event(
      String at, double afterMillis, String what, @Nullable String peer, int attempt, String why) {}
}
