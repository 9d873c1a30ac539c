package io.minga.cli;

import io.minga.libp2p.discovery.Source;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Multiaddr;
import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;

/** A report for people. */
final class TextReport implements Report {
  private static final double NANOS_PER_SECOND = 1e9;

  private final PrintStream out;
  private final PrintStream err;
  private final LongSupplier sinceStartNanos;

  TextReport(PrintStream out, PrintStream err, LongSupplier sinceStartNanos) {
    this.out = out;
    this.err = err;
    this.sinceStartNanos = sinceStartNanos;
  }

  @Override
  public void started(Started peer) {
    out.println(peer.self() + " is up (" + seconds() + " s)");
    peer.addresses().forEach(address -> out.println("  " + address));
    out.println("  network " + peer.network() + ", " + peer.slots() + " slots");
    out.println("  offers " + String.join(", ", peer.functions()));
    out.println("  data in " + peer.data());
    peer.config().ifPresent(file -> out.println("  options from " + file));
  }

  @Override
  public void joined(PeerId peer, Source source, Multiaddr address) {
    out.println(peer + " joined (" + source + ", " + seconds() + " s)");
  }

  @Override
  public void left(PeerId peer) {
    out.println(peer + " left (" + seconds() + " s)");
  }

  @Override
  public void trouble(String sentence) {
    Minga.say(err, sentence);
  }

  @Override
  public void stopped() {
    out.println("stopped");
  }

  private String seconds() {
    return String.format(Locale.ROOT, "%.2f", sinceStartNanos.getAsLong() / NANOS_PER_SECOND);
  }
}
