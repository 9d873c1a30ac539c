package io.minga.simulations.gossip;

import io.minga.gossip.message.Message;
import io.minga.gossip.message.Topic;
import io.minga.libp2p.wire.Bytes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The messages of a run, numbered, and when each peer got each. */
final class Messages {
  static final Topic TOPIC = Topic.of("news");

  private static final long NANOS_PER_MICRO = 1000;

  private final Names names;
  private final Bytes data;
  private final List<Sent> sent = new ArrayList<>();
  private int forgeries;

  /**
   * @param dataBytes how long each message's data is
   */
  Messages(Names names, int dataBytes) {
    this.names = names;
    this.data = Bytes.copyOf(new byte[dataBytes]);
  }

  /** One message. */
  static final class Sent {
    final int author;
    final long publishedNanos;
    final Message message;

    /** For each peer, how many microseconds after it was published it came, from 1; 0 for never. */
    private int[] arrivalMicros = new int[0];

    Sent(int author, long publishedNanos, Message message) {
      this.author = author;
      this.publishedNanos = publishedNanos;
      this.message = message;
    }

    /** How long it took to {@code peer}, or 0 if it did not get there. */
    int arrivalMicros(int peer) {
      return peer < arrivalMicros.length ? arrivalMicros[peer] : 0;
    }
  }

  /** What {@code author} publishes next. */
  Message write(long nowNanos, int author, int peers) {
    Message message = message(author, sent.size(), names.signature(author));
    Sent next = new Sent(author, nowNanos, message);
    next.arrivalMicros = new int[peers];
    sent.add(next);
    return message;
  }

  /** What {@code forger} would have others believe that {@code author} published. */
  Message forge(int author, int forger) {
    return message(author, Integer.MAX_VALUE - forgeries++, names.signature(forger));
  }

  private Message message(int author, int number, Bytes signature) {
    Bytes seqno = Bytes.copyOf(ByteBuffer.allocate(8).putLong(number).array());
    Bytes from = names.of(author).multihash();
    return new Message(from, data, seqno, TOPIC, signature, Bytes.EMPTY);
  }

  /**
   * {@code message} was delivered at {@code peer}.
   *
   * @throws BrokenInvariant if nobody sent it, or it was delivered there before
   */
  @SuppressWarnings("ReferenceEquality") // what is delivered is the very message that was sent
  void delivered(long nowNanos, int peer, Message message) {
    Bytes seqno = message.seqno();
    int number = seqno.at(4) << 24 | seqno.at(5) << 16 | seqno.at(6) << 8 | seqno.at(7);
    if (number >= sent.size() || sent.get(number).message != message) {
      throw new BrokenInvariant("peer " + peer + " delivered " + message + ", which nobody sent");
    }
    Sent it = sent.get(number);
    if (it.arrivalMicros(peer) != 0) {
      throw new BrokenInvariant("peer " + peer + " delivered message " + number + " twice");
    }
    if (peer >= it.arrivalMicros.length) {
      it.arrivalMicros = Arrays.copyOf(it.arrivalMicros, 2 * peer);
    }
    long micros = (nowNanos - it.publishedNanos) / NANOS_PER_MICRO;
    it.arrivalMicros[peer] = (int) Math.max(1, micros);
  }

  /** {@code peer} has begun anew: it may get again what it got before. */
  void forget(int peer) {
    for (Sent it : sent) {
      if (peer < it.arrivalMicros.length) {
        it.arrivalMicros[peer] = 0;
      }
    }
  }

  List<Sent> sent() {
    return sent;
  }
}
