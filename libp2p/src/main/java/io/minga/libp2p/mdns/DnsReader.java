package io.minga.libp2p.mdns;

import io.minga.libp2p.peers.IpAddress;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads one datagram as a DNS message (RFC 1035, 4).
 *
 * <p>A compression pointer goes backwards only, so a name ends; a name is bounded too, so what is
 * allocated grows with the number of records, which is bounded, and not with what pointers make of
 * them.
 */
final class DnsReader {
  private static final int HEADER_BYTES = 12;

  /** A name of 255 bytes on the wire, as text. */
  private static final int NAME_BYTES_MAX = 253;

  private static final int POINTER = 0xc0;

  private final byte[] in;
  private final MdnsOptions options;
  private final byte[] nameBytes = new byte[NAME_BYTES_MAX];
  private int position;
  private int stringCount;

  DnsReader(byte[] in, MdnsOptions options) {
    this.in = in;
    this.options = options;
  }

  DnsMessage message() throws WireException {
    if (in.length < HEADER_BYTES || in.length > options.packetBytesMax()) {
      throw new WireException(
          "DNS message has "
              + HEADER_BYTES
              + " to "
              + options.packetBytesMax()
              + " B, not "
              + in.length);
    }
    int id = u16();
    int flags = u16();
    if ((flags & DnsType.OPCODE_AND_RCODE) != 0) {
      throw new WireException("DNS message is no standard query, nor a response without error");
    }
    int questionCount = u16();
    int answerCount = u16();
    int otherCount = u16() + u16();
    int count = questionCount + answerCount + otherCount;
    if (count > options.recordsMax()) {
      throw new WireException(
          "DNS message has at most "
              + options.recordsMax()
              + " questions and records, not "
              + count);
    }
    return new DnsMessage(
        id,
        (flags & DnsType.FLAG_RESPONSE) != 0,
        (flags & DnsType.FLAG_TRUNCATED) != 0,
        questions(questionCount),
        records(answerCount),
        records(otherCount));
  }

  private List<DnsQuestion> questions(int count) throws WireException {
    List<DnsQuestion> questions = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String name = name();
      int type = u16();
      int dnsClass = u16();
      if (isInternet(dnsClass)) {
        questions.add(new DnsQuestion(name, type, (dnsClass & DnsType.TOP_BIT) != 0));
      }
    }
    return questions;
  }

  private List<DnsRecord> records(int count) throws WireException {
    List<DnsRecord> records = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      DnsRecord record = record();
      if (record != null) {
        records.add(record);
      }
    }
    return records;
  }

  private @Nullable DnsRecord record() throws WireException {
    String name = name();
    int type = u16();
    int dnsClass = u16();
    long ttl = ((long) u16() << 16) | u16();
    int length = u16();
    require(length);
    int end = position + length;
    // The top bit of a TTL means nothing (RFC 2181, 8).
    long ttlSeconds = ttl > Integer.MAX_VALUE ? 0 : ttl;
    boolean flush = (dnsClass & DnsType.TOP_BIT) != 0;
    DnsRecord record = isInternet(dnsClass) ? record(type, name, flush, ttlSeconds, length) : null;
    if (record instanceof DnsRecord.Ptr || record instanceof DnsRecord.Srv) {
      if (position != end) {
        throw new WireException("DNS record of type " + type + " is not as long as its name");
      }
    }
    position = end;
    return record;
  }

  private @Nullable DnsRecord record(
      int type, String name, boolean flush, long ttlSeconds, int length) throws WireException {
    return switch (type) {
      case DnsType.PTR -> new DnsRecord.Ptr(name, ttlSeconds, name());
      case DnsType.TXT -> new DnsRecord.Txt(name, flush, ttlSeconds, strings(length));
      case DnsType.SRV -> {
        position += 4; // priority and weight, which nobody looks at
        int port = u16();
        yield new DnsRecord.Srv(name, flush, ttlSeconds, port, name());
      }
      case DnsType.A -> new DnsRecord.Address(name, flush, ttlSeconds, ip(4, length));
      case DnsType.AAAA -> new DnsRecord.Address(name, flush, ttlSeconds, ip(16, length));
      default -> null;
    };
  }

  private IpAddress ip(int size, int length) throws WireException {
    if (length != size) {
      throw new WireException("DNS address has " + size + " B, not " + length);
    }
    return new IpAddress(Bytes.copyOf(in, position, size));
  }

  private List<Bytes> strings(int length) throws WireException {
    List<Bytes> strings = new ArrayList<>();
    int end = position + length;
    while (position < end) {
      int size = in[position++] & 0xff;
      if (size > end - position) {
        throw new WireException("DNS text of " + size + " B is cut short at " + (end - position));
      }
      // Empty strings say nothing, and a record could be made of nothing else.
      if (size > 0) {
        stringCount++;
        if (stringCount > options.stringsMax()) {
          throw new WireException(
              "DNS message has at most " + options.stringsMax() + " strings of text");
        }
        strings.add(Bytes.copyOf(in, position, size));
      }
      position += size;
    }
    return strings;
  }

  /** The name here, as lower-case labels with dots between; a dot within a label is escaped. */
  private String name() throws WireException {
    int at = position;
    int resume = -1;
    int length = 0;
    while (true) {
      int size = byteAt(at);
      if (size == 0) {
        position = resume < 0 ? at + 1 : resume;
        return new String(nameBytes, 0, length, StandardCharsets.ISO_8859_1);
      }
      if ((size & POINTER) == POINTER) {
        int target = (size & 0x3f) << 8 | byteAt(at + 1);
        if (target >= at) {
          throw new WireException("DNS name at byte " + at + " points forward, to " + target);
        }
        resume = resume < 0 ? at + 2 : resume;
        at = target;
        continue;
      }
      if ((size & POINTER) != 0) {
        throw new WireException("DNS name at byte " + at + " has a label of a kind unknown here");
      }
      byteAt(at + size); // is there
      length = append(at + 1, size, length);
      at += 1 + size;
    }
  }

  /** Adds a label to the name that is being read; a chain of pointers can't make it too long. */
  private int append(int from, int size, int length) throws WireException {
    int end = length;
    if (end > 0) {
      nameBytes[checkRoom(end)] = '.';
      end++;
    }
    for (int i = from; i < from + size; i++) {
      byte b = in[i];
      if (b == '.' || b == '\\') {
        nameBytes[checkRoom(end)] = '\\';
        end++;
      }
      nameBytes[checkRoom(end)] = b >= 'A' && b <= 'Z' ? (byte) (b | 0x20) : b;
      end++;
    }
    return end;
  }

  private static int checkRoom(int length) throws WireException {
    if (length == NAME_BYTES_MAX) {
      throw new WireException("DNS name is longer than " + NAME_BYTES_MAX + " B");
    }
    return length;
  }

  private static boolean isInternet(int dnsClass) {
    int without = dnsClass & ~DnsType.TOP_BIT;
    return without == DnsType.CLASS_IN || without == DnsType.CLASS_ANY;
  }

  private int byteAt(int at) throws WireException {
    if (at >= in.length) {
      throw new WireException("DNS message ends within a name");
    }
    return in[at] & 0xff;
  }

  private int u16() throws WireException {
    require(2);
    int value = (in[position] & 0xff) << 8 | (in[position + 1] & 0xff);
    position += 2;
    return value;
  }

  private void require(int bytes) throws WireException {
    if (bytes > in.length - position) {
      throw new WireException(
          "DNS message ends at byte " + in.length + ", within " + bytes + " B at " + position);
    }
  }
}
