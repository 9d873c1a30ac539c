package io.minga.node.block;

import io.minga.node.task.BlockFrame;

/** What a {@link Fetch} is told. Attempts have the numbers that {@link FetchEffect.Open} gave. */
public sealed interface FetchInput {
  /** It begins. */
  record Begin() implements FetchInput {}

  /** Time has passed. */
  record Tick() implements FetchInput {}

  /** Answers {@link FetchEffect.MakeRoom}: the block is in the store already. */
  record Here() implements FetchInput {}

  /** Answers {@link FetchEffect.MakeRoom}: it may be written. */
  record Room() implements FetchInput {}

  /**
   * Answers {@link FetchEffect.MakeRoom}: the store is full.
   *
   * @param freed changes whenever room has come to be
   */
  record NoRoom(long freed, String why) implements FetchInput {}

  /** The store, or its disk, doesn't do what it was told. */
  record Broken(String why) implements FetchInput {}

  /** Answers {@link FetchEffect.Check}. */
  record Checked(boolean right) implements FetchInput {}

  /** There is a stream. */
  record Opened(int attempt) implements FetchInput {}

  /**
   * There is none.
   *
   * @param lost whether the peer wasn't reached, so that it may yet be
   */
  record NotOpened(int attempt, boolean lost, String why) implements FetchInput {}

  /** The peer said something. */
  record Came(int attempt, BlockFrame frame) implements FetchInput {}

  /** The stream is no more, and nothing further comes of it. */
  record Closed(int attempt, End end, String why) implements FetchInput {}

  /** How a stream ends. */
  enum End {
    /** The peer has said all that it would. */
    ENDED,
    /** The peer broke it off. */
    RESET,
    /** Its connection was lost. */
    LOST,
    /** The peer sent what is no frame. */
    VIOLATION,
    /** Anything else. */
    OTHER
  }
}
