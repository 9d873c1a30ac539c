package io.minga.libp2p.multistream;

import io.minga.libp2p.wire.Bytes;
import java.util.ArrayList;
import java.util.List;

/**
 * The protocols that an initiator proposes, the preferred one first, already encoded. Make it once
 * and use it for every stream.
 */
public final class Candidates {
  private final List<String> protocols;
  private final List<Bytes> messages;
  private final Bytes opening;

  private Candidates(List<String> protocols, List<Bytes> messages) {
    this.protocols = protocols;
    this.messages = messages;
    this.opening = Message.HEADER.concat(messages.get(0));
  }

  /**
   * The candidates {@code protocols}, the preferred one first.
   *
   * @throws IllegalArgumentException if there is none, or one that multistream can't carry
   */
  public static Candidates of(List<String> protocols) {
    if (protocols.isEmpty()) {
      throw new IllegalArgumentException("a negotiation needs at least one candidate protocol");
    }
    List<Bytes> messages = new ArrayList<>(protocols.size());
    for (String protocol : protocols) {
      messages.add(Message.ofProtocol(protocol));
    }
    return new Candidates(List.copyOf(protocols), List.copyOf(messages));
  }

  /** The only candidate {@code protocol}, which may be negotiated lazily. */
  public static Candidates of(String protocol) {
    return of(List.of(protocol));
  }

  /** The protocols, the preferred one first. */
  public List<String> protocols() {
    return protocols;
  }

  int count() {
    return protocols.size();
  }

  String protocol(int index) {
    return protocols.get(index);
  }

  /** The message that proposes candidate {@code index}, which is also the one that accepts it. */
  Bytes message(int index) {
    return messages.get(index);
  }

  /** The header and the first proposal, which go out in one write. */
  Bytes opening() {
    return opening;
  }
}
