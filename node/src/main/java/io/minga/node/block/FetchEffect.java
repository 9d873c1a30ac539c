package io.minga.node.block;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.Bytes;

/**
 * What a {@link Fetch} wants done, in this order. {@link MakeRoom} and {@link Check} are answered
 * before it is told anything else.
 */
public sealed interface FetchEffect {
  /**
   * Room in the store for the block; answered by {@link FetchInput.Here}, {@link FetchInput.Room},
   * {@link FetchInput.NoRoom} or {@link FetchInput.Broken}.
   */
  record MakeRoom() implements FetchEffect {}

  /** Bytes of a batch of this size follow, from its first, whatever came before. */
  record Begin(int sizeBytes) implements FetchEffect {}

  /** A stream to the peer; {@link FetchInput.Opened} or {@link FetchInput.NotOpened} answers. */
  record Open(int attempt, PeerId peer) implements FetchEffect {}

  /** Ask for the block from this byte on. */
  record Ask(int attempt, long offset) implements FetchEffect {}

  /** Append these bytes to what has come. */
  record Append(Bytes bytes) implements FetchEffect {}

  /** Throw away what has come. */
  record Restart() implements FetchEffect {}

  /** Hash what has come; {@link FetchInput.Checked} answers. */
  record Check() implements FetchEffect {}

  /** Break off the attempt's stream, if there is one. */
  record Reset(int attempt) implements FetchEffect {}

  /** The peer did what it has no right to do. */
  record Misbehaved(PeerId peer, String why) implements FetchEffect {}

  /** The block is here and right; nothing follows, unless the store can't keep it. */
  record Keep() implements FetchEffect {}

  /** The block is not to be had; nothing follows. */
  record GiveUp(String why) implements FetchEffect {}
}
