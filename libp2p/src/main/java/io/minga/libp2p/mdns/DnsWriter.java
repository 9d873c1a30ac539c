package io.minga.libp2p.mdns;

import io.minga.libp2p.wire.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes one DNS message (RFC 1035, 4), with names compressed wherever they may be. */
final class DnsWriter {
  private static final int POINTER_MAX = 0x3fff;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final Map<String, Integer> written = new TreeMap<>();

  Bytes message(DnsMessage message) {
    u16(message.id());
    u16(
        (message.response() ? DnsType.FLAG_RESPONSE | DnsType.FLAG_AUTHORITATIVE : 0)
            | (message.truncated() ? DnsType.FLAG_TRUNCATED : 0));
    u16(message.questions().size());
    u16(message.answers().size());
    u16(0);
    u16(message.additionals().size());
    for (DnsQuestion question : message.questions()) {
      name(question.name());
      u16(question.type());
      u16(DnsType.CLASS_IN | (question.unicast() ? DnsType.TOP_BIT : 0));
    }
    message.answers().forEach(this::record);
    message.additionals().forEach(this::record);
    return Bytes.copyOf(out.toByteArray());
  }

  private void record(DnsRecord record) {
    name(record.name());
    if (record instanceof DnsRecord.Ptr ptr) {
      head(DnsType.PTR, false, ptr.ttlSeconds());
      u16(nameLength(ptr.target()));
      name(ptr.target());
    } else if (record instanceof DnsRecord.Txt txt) {
      head(DnsType.TXT, txt.flush(), txt.ttlSeconds());
      strings(txt.strings());
    } else if (record instanceof DnsRecord.Srv srv) {
      head(DnsType.SRV, srv.flush(), srv.ttlSeconds());
      // The target is not compressed (RFC 2782).
      u16(6 + srv.target().length() + 2);
      u16(0);
      u16(0);
      u16(srv.port());
      labels(srv.target());
    } else if (record instanceof DnsRecord.Address address) {
      Bytes ip = address.ip().bytes();
      head(ip.length() == 4 ? DnsType.A : DnsType.AAAA, address.flush(), address.ttlSeconds());
      u16(ip.length());
      out.writeBytes(ip.toByteArray());
    }
  }

  private void head(int type, boolean flush, long ttlSeconds) {
    u16(type);
    u16(DnsType.CLASS_IN | (flush ? DnsType.TOP_BIT : 0));
    u16((int) (ttlSeconds >>> 16));
    u16((int) ttlSeconds);
  }

  private void strings(List<Bytes> strings) {
    u16(strings.stream().mapToInt(string -> 1 + string.length()).sum());
    for (Bytes string : strings) {
      out.write(string.length());
      out.writeBytes(string.toByteArray());
    }
  }

  /** How many bytes {@link #name} will write here. */
  private int nameLength(String name) {
    String rest = name;
    while (!written.containsKey(rest)) {
      int dot = rest.indexOf('.');
      if (dot < 0) {
        return name.length() + 2;
      }
      rest = rest.substring(dot + 1);
    }
    return name.length() - rest.length() + 2;
  }

  private void name(String name) {
    String rest = name;
    while (true) {
      Integer before = written.get(rest);
      if (before != null) {
        u16(0xc000 | before);
        return;
      }
      if (out.size() <= POINTER_MAX) {
        written.put(rest, out.size());
      }
      int dot = rest.indexOf('.');
      label(dot < 0 ? rest : rest.substring(0, dot));
      if (dot < 0) {
        out.write(0);
        return;
      }
      rest = rest.substring(dot + 1);
    }
  }

  private void labels(String name) {
    for (String label : name.split("\\.", -1)) {
      label(label);
    }
    out.write(0);
  }

  private void label(String label) {
    if (label.isEmpty() || label.length() > 63) {
      throw new IllegalArgumentException("a DNS label has 1 to 63 characters: " + label);
    }
    out.write(label.length());
    out.writeBytes(label.getBytes(StandardCharsets.ISO_8859_1));
  }

  private void u16(int value) {
    out.write(value >>> 8);
    out.write(value);
  }
}
