package io.minga.node.story;

import io.minga.libp2p.identity.PeerId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened to a task.
 *
 * @param at when, by this peer's clock; the spans between the events of one task are exact
 * @param peer who did it or whom it was done with, if anybody
 * @param attempt which attempt begins by it, from 1; 0 if none does, or nobody knows any more which
 * @param why the reason, in words; empty if there is nothing to say
 */
public record TaskEvent(Instant at, What what, @Nullable PeerId peer, int attempt, String why) {
  /** What may happen to a task. */
  public enum What {
    /** A caller here wanted it made. */
    CAME_IN("came in"),
    /** Its submitter proposed it to this peer. */
    RECEIVED("received from"),
    /** It was handed to a peer. */
    HANDED_OUT("handed to"),
    /** The peer took it. */
    TAKEN("taken by"),
    /** The peer did not take it, or gave it back. */
    REFUSED("refused by"),
    /** Another peer has it now, without its submitter having handed it there. */
    MOVED("moved to"),
    /** It was called back, for another peer that had nothing to do. */
    CALLED_BACK("called back from"),
    /** It has begun, and keeps no slot while it waits for something. */
    PARKED("waits for something, without a slot, on"),
    /** An attempt failed. */
    ATTEMPT_FAILED("attempt failed on"),
    /** The peer is gone or silent, and what it had goes elsewhere. */
    PEER_LOST("lost with"),
    /** This peer ran it. */
    RAN("ran on"),
    /** The result came. */
    RESULT("result from"),
    /** It failed for good. */
    FAILED("failed"),
    /** Nobody wanted it any more. */
    CANCELLED("cancelled"),
    /** This peer needs it no more, as another has it, or its submitter says so. */
    DROPPED("dropped"),
    /** What happened here was too much to keep. */
    FORGOTTEN("…");

    private final String words;

    What(String words) {
      this.words = words;
    }

    /** What a sentence that ends with the peer, if there is one, begins with. */
    @Override
    public String toString() {
      return words;
    }
  }

  /** A line such as {@code 2026-11-21T18:00:00.125Z handed to 12D3Koo… (attempt 1): …}. */
  @Override
  public String toString() {
    StringBuilder line = new StringBuilder().append(at).append(' ').append(what);
    if (peer != null) {
      line.append(' ').append(peer);
    }
    if (attempt > 0) {
      line.append(" (attempt ").append(attempt).append(')');
    }
    return why.isEmpty() ? line.toString() : line.append(": ").append(why).toString();
  }
}
