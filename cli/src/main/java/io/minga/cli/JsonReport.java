package io.minga.cli;

import io.minga.libp2p.discovery.Source;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Multiaddr;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/** A report for programs: one JSON object a line. */
final class JsonReport implements Report {
  private static final double NANOS_PER_SECOND = 1e9;

  private final PrintStream out;
  private final LongSupplier sinceStartNanos;

  JsonReport(PrintStream out, LongSupplier sinceStartNanos) {
    this.out = out;
    this.sinceStartNanos = sinceStartNanos;
  }

  @Override
  public void started(Started peer) {
    line(
        "started",
        ",\"peer\":%s,\"addresses\":%s,\"network\":%s,\"slots\":%d,\"functions\":%s,\"data\":%s,\"config\":%s"
            .formatted(
                quoted(peer.self()),
                quotedAll(peer.addresses()),
                quoted(peer.network()),
                peer.slots(),
                quotedAll(peer.functions()),
                quoted(peer.data()),
                peer.config().map(JsonReport::quoted).orElse("null")));
  }

  private static String quotedAll(List<?> values) {
    return values.stream().map(JsonReport::quoted).collect(Collectors.joining(",", "[", "]"));
  }

  @Override
  public void joined(PeerId peer, Source source, Multiaddr address) {
    line(
        "joined",
        ",\"peer\":%s,\"source\":%s,\"address\":%s"
            .formatted(quoted(peer), quoted(source), quoted(address)));
  }

  @Override
  public void left(PeerId peer) {
    line("left", ",\"peer\":" + quoted(peer));
  }

  @Override
  public void trouble(String sentence) {
    line("trouble", ",\"message\":" + quoted(sentence));
  }

  @Override
  public void stopped() {
    line("stopped", "");
  }

  private void line(String event, String fields) {
    double seconds = sinceStartNanos.getAsLong() / NANOS_PER_SECOND;
    out.println(
        "{\"event\":%s,\"seconds\":%s%s}"
            .formatted(quoted(event), String.format(Locale.ROOT, "%.3f", seconds), fields));
  }

  /** {@code value} as a JSON string (RFC 8259). */
  static String quoted(Object value) {
    StringBuilder json = new StringBuilder("\"");
    for (char c : value.toString().toCharArray()) {
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < ' ') {
        json.append(String.format("\\u%04x", (int) c));
      } else {
        json.append(c);
      }
    }
    return json.append('"').toString();
  }
}
