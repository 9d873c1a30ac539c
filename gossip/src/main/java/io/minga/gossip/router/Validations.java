package io.minga.gossip.router;

import io.minga.gossip.message.Message;
import io.minga.gossip.message.MessageId;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The messages that await their verdict.
 *
 * <p>Until then an id says nothing: somebody may have sent a forgery under the id of another's
 * message to have the true one taken for a duplicate. So messages of one id and different content
 * are rivals, each with a verdict of its own.
 */
final class Validations {
  private final GossipOptions.Limits limits;
  private final long timeoutNanos;
  private final LinkedHashMap<Long, Candidate> byTicket = new LinkedHashMap<>();
  private final LinkedHashMap<MessageId, Candidate> byId = new LinkedHashMap<>();
  private long nextTicket = 1;
  private int heldBytes;

  Validations(GossipOptions options) {
    this.limits = options.limits();
    this.timeoutNanos = options.times().validation().toNanos();
  }

  /** One message and who has brought it. */
  static final class Candidate {
    final long ticket;
    final MessageId id;
    final Message message;
    final Peer first;

    /** Whether the signature need not be verified, and so nobody else may get the message. */
    final boolean forUsAlone;

    private final long deadlineNanos;
    private @Nullable List<Peer> others;
    private @Nullable List<Peer> refusedTo;
    private @Nullable Candidate rival;

    Candidate(
        long ticket,
        MessageId id,
        Message message,
        Peer first,
        boolean forUsAlone,
        long deadlineNanos) {
      this.ticket = ticket;
      this.id = id;
      this.message = message;
      this.first = first;
      this.forUsAlone = forUsAlone;
      this.deadlineNanos = deadlineNanos;
    }

    boolean isFrom(Peer peer) {
      return first.equals(peer) || (others != null && others.contains(peer));
    }

    void broughtBy(Peer peer) {
      if (!isFrom(peer)) {
        if (others == null) {
          others = new ArrayList<>(4);
        }
        others.add(peer);
      }
    }

    /** {@code peer} was told not to send a copy. */
    void refusedTo(Peer peer) {
      if (refusedTo == null) {
        refusedTo = new ArrayList<>(8);
      }
      refusedTo.add(peer);
    }

    boolean isRefusedTo(Peer peer) {
      return refusedTo != null && refusedTo.contains(peer);
    }

    /** Who has brought it after the first. */
    List<Peer> others() {
      return others == null ? List.of() : others;
    }
  }

  /** The candidate that is {@code message}, or null. */
  @Nullable Candidate find(MessageId id, Message message) {
    if (byId.isEmpty()) {
      return null;
    }
    Candidate candidate = byId.get(id);
    while (candidate != null && !candidate.message.equals(message)) {
      candidate = candidate.rival;
    }
    return candidate;
  }

  /** Whether a message of that id awaits its verdict. */
  boolean contains(MessageId id) {
    return byId.containsKey(id);
  }

  /** Takes a message that is none yet, or returns null if there is no room. */
  @Nullable Candidate add(
      long nowNanos, MessageId id, Message message, Peer peer, boolean forUsAlone) {
    int rivals = 0;
    Candidate head = byId.get(id);
    for (Candidate it = head; it != null; it = it.rival) {
      rivals++;
    }
    if (byTicket.size() >= limits.validationsMax()
        || message.heldBytes() > limits.validationBytesMax() - heldBytes
        || peer.validations >= limits.peerValidationsMax()
        || rivals >= limits.rivalsMax()) {
      return null;
    }
    Candidate added =
        new Candidate(nextTicket++, id, message, peer, forUsAlone, nowNanos + timeoutNanos);
    added.rival = head;
    byId.put(id, added);
    byTicket.put(added.ticket, added);
    heldBytes += message.heldBytes();
    peer.validations++;
    return added;
  }

  /** Takes the candidate of {@code ticket} out, or returns null if there is none. */
  @Nullable Candidate remove(long ticket) {
    Candidate removed = byTicket.remove(ticket);
    if (removed != null) {
      release(removed);
    }
    return removed;
  }

  /** Forgets what has waited for too long, and says how many these were. */
  int heartbeat(long nowNanos) {
    int expired = 0;
    Iterator<Candidate> eldest = byTicket.values().iterator();
    while (eldest.hasNext()) {
      Candidate candidate = eldest.next();
      if (candidate.deadlineNanos - nowNanos > 0) {
        break;
      }
      eldest.remove();
      release(candidate);
      expired++;
    }
    return expired;
  }

  int size() {
    return byTicket.size();
  }

  int heldBytes() {
    return heldBytes;
  }

  @SuppressWarnings("ReferenceEquality") // the very same candidate is looked for
  private void release(Candidate removed) {
    removed.first.validations--;
    heldBytes -= removed.message.heldBytes();
    Candidate head = byId.get(removed.id);
    if (head == removed) {
      if (removed.rival == null) {
        byId.remove(removed.id);
      } else {
        byId.put(removed.id, removed.rival);
      }
      return;
    }
    for (Candidate it = head; it != null; it = it.rival) {
      if (it.rival == removed) {
        it.rival = removed.rival;
        return;
      }
    }
  }
}
