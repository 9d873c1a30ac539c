package io.minga.cli.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the kernel counts of this process's TCP connections. */
public final class Wire {
  private static final Pattern BYTES = Pattern.compile("bytes_(?:sent|received):(\\d+)");

  private Wire() {}

  /**
   * What the TCP connections that are open have carried, both ways together, without the headers of
   * packets; NaN where there is no {@code ss}.
   */
  public static double bytes() throws IOException {
    String owner = "pid=" + ProcessHandle.current().pid() + ",";
    long sum = 0;
    Process ss;
    try {
      ss = new ProcessBuilder("ss", "-tinpHO", "state", "established").start();
    } catch (IOException e) {
      return Double.NaN;
    }
    try (BufferedReader lines = ss.inputReader()) {
      for (String line; (line = lines.readLine()) != null; ) {
        if (line.contains(owner)) {
          for (Matcher counter = BYTES.matcher(line); counter.find(); ) {
            sum += Long.parseLong(counter.group(1));
          }
        }
      }
    }
    return sum == 0 ? Double.NaN : sum;
  }
}
