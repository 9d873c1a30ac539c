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
   * Calls a function, wherever in the network it is offered. Cancelling the future cancels the
   * task; a task that fails is an {@link Outcome}, not an exception.
   *
   * @param timeoutMillis how long one attempt may run; the network's default if there is none
   */
  CompletableFuture<Outcome> call(String function, JsonNode input, OptionalLong timeoutMillis);

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
      String function,
      List<Bytes> inputs,
      long jobCalls,
      OptionalLong timeoutMillis,
      Consumer<List<Ended>> came);

  /** How the peer is. */
  CompletableFuture<Status> status();

  /** The peers of the network that it knows, itself among them. */
  CompletableFuture<List<PeerRow>> peers();

  /** Tasks that it holds or waits for, the oldest first; at most {@code max}. */
  CompletableFuture<List<TaskRow>> tasks(int max);

  /** The functions that are offered in the network. */
  CompletableFuture<List<FunctionRow>> functions();

  /** Cancels what has this CID and came in at this peer; how many tasks that ended. */
  CompletableFuture<Integer> cancel(String cid);

  /** What happened to the tasks with this CID, in order; nothing if it knows of none. */
  CompletableFuture<List<Event>> explain(String cid);

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
   * @param open how many of its own callers' tasks have no outcome yet
   * @param done how many tasks it ran to their end since it started
   * @param workMillis how long what waits here will take, as far as it knows
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
      long open,
      long done,
      long workMillis) {}

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
   * @param state such as queued, running or waiting
   * @param owner who holds it, if anybody does
   */
  record TaskRow(
      String cid, String function, String state, @Nullable String owner, long ageMillis) {}

  /**
   * A function.
   *
   * @param peers how many peers offer it
   * @param here whether the one that was asked does
   * @param meanMillis how long a call takes, as far as is known; 0 if it isn't
   */
  record FunctionRow(String function, int peers, boolean here, double meanMillis) {}

  /** Something that happened to a task. */
  record Event(long atMillis, String what) {}
}
