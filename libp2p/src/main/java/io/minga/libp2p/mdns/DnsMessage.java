package io.minga.libp2p.mdns;

import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import java.util.List;

/**
 * A DNS message as far as discovery is concerned. What is in it beyond that, such as records of
 * other types, is gone.
 *
 * @param id echoed in unicast answers only
 * @param response whether it answers rather than asks
 * @param truncated whether more known answers follow in another message (RFC 6762, 7.2)
 * @param answers the first section of records; in a query, what the asker knows already
 * @param additionals all other records: peers put what matters in any section
 */
public record DnsMessage(
    int id,
    boolean response,
    boolean truncated,
    List<DnsQuestion> questions,
    List<DnsRecord> answers,
    List<DnsRecord> additionals) {

  /** A message whose lists no longer change. */
  public DnsMessage {
    questions = List.copyOf(questions);
    answers = List.copyOf(answers);
    additionals = List.copyOf(additionals);
  }

  /** A query of ours, with what we know already; questions may be missing. */
  static DnsMessage query(List<DnsQuestion> questions, List<DnsRecord> known, boolean moreFollows) {
    return new DnsMessage(0, false, moreFollows, questions, known, List.of());
  }

  /** A response of ours, which repeats no question. */
  static DnsMessage response(int id, List<DnsRecord> answers, List<DnsRecord> additionals) {
    return new DnsMessage(id, true, false, List.of(), answers, additionals);
  }

  /**
   * Reads a datagram.
   *
   * @throws WireException if it is longer than the options allow, no DNS message, or has more
   *     questions or records than the options allow
   */
  public static DnsMessage decode(byte[] datagram, MdnsOptions options) throws WireException {
    return new DnsReader(datagram, options).message();
  }

  /** The datagram of this message; names that repeat are compressed. */
  public Bytes encode() {
    return new DnsWriter().message(this);
  }
}
