package io.minga.libp2p;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What is logged meanwhile; the tests' logger writes to standard error. */
final class ErrorLog implements AutoCloseable {
  private final PrintStream before = System.err;
  private final ByteArrayOutputStream text = new ByteArrayOutputStream();

  /** Listens from now on; everything is printed all the same. */
  ErrorLog() {
    System.setErr(new PrintStream(new Tee(), true, StandardCharsets.UTF_8));
  }

  /** The lines in which something at level ERROR begins. */
  synchronized List<String> errors() {
    return text.toString(StandardCharsets.UTF_8)
        .lines()
        .filter(line -> line.contains("] ERROR "))
        .toList();
  }

  @Override
  public void close() {
    System.setErr(before);
  }

  private final class Tee extends OutputStream {
    @Override
    public void write(int b) {
      before.write(b);
      keep(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      before.write(bytes, offset, length);
      keep(bytes, offset, length);
    }
  }

  private synchronized void keep(byte[] bytes, int offset, int length) {
    text.write(bytes, offset, length);
  }
}
