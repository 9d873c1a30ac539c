package io.minga.libp2p.mdns;

/** The types and classes of DNS that occur in multicast DNS, as numbers on the wire. */
final class DnsType {
  static final int A = 1;
  static final int PTR = 12;
  static final int TXT = 16;
  static final int AAAA = 28;
  static final int SRV = 33;
  static final int ANY = 255;

  static final int CLASS_IN = 1;
  static final int CLASS_ANY = 255;

  /** The top bit of a class: unicast wanted in a question, cache flush in a record. */
  static final int TOP_BIT = 0x8000;

  static final int FLAG_RESPONSE = 0x8000;
  static final int FLAG_AUTHORITATIVE = 0x0400;
  static final int FLAG_TRUNCATED = 0x0200;

  /** The bits that say what a message is for; discovery knows only 0, a standard query. */
  static final int OPCODE_AND_RCODE = 0x780f;

  private DnsType() {}
}
