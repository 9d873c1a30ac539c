package io.minga.benchmarks.host;

/** Counts what a discarding server has received, and how many receipts it owes for it. */
final class Receipts {
  private long bytes;

  /** How many more receipts are due now that {@code length} bytes came. */
  int due(int length) {
    long before = bytes / Peer.BYTES_PER_RECEIPT;
    bytes += length;
    return (int) (bytes / Peer.BYTES_PER_RECEIPT - before);
  }
}
