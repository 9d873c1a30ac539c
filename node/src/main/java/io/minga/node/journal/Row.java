package io.minga.node.journal;

import io.minga.libp2p.wire.Bytes;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * A row of the journal.
 *
 * @param number unlike any other's, rising
 * @param job whose it is
 * @param kind what it says, as {@link Entry#kind}
 * @param sum the CRC-32C of all the others
 */
public record Row(long number, long job, int kind, Bytes body, int sum) {
  private static final int HEADER_BYTES = 2 * Long.BYTES + Integer.BYTES;

  /** A row with its checksum. */
  public static Row of(long number, long job, int kind, Bytes body) {
    return new Row(number, job, kind, body, sum(number, job, kind, body));
  }

  /** Whether it is as it was written. */
  public boolean isIntact() {
    return sum == sum(number, job, kind, body);
  }

  private static int sum(long number, long job, int kind, Bytes body) {
    CRC32C sum = new CRC32C();
    sum.update(ByteBuffer.allocate(HEADER_BYTES).putLong(number).putLong(job).putInt(kind).flip());
    sum.update(body.asReadOnlyBuffer());
    return (int) sum.getValue();
  }

  /** What it adds to {@link Head#digest}: 64 bits that depend on its place and its checksum. */
  public long digest() {
    return digest(number, sum);
  }

  /** The same of a row of which only these are known. */
  public static long digest(long number, int sum) {
    long bits = number * 0x9e3779b97f4a7c15L ^ (sum & 0xffffffffL) * 0xbf58476d1ce4e5b9L;
    bits = (bits ^ bits >>> 30) * 0xbf58476d1ce4e5b9L;
    bits = (bits ^ bits >>> 27) * 0x94d049bb133111ebL;
    return bits ^ bits >>> 31;
  }
}
