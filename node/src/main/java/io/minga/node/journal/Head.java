package io.minga.node.journal;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * What the journal says of itself, written anew in every commit: by it a row that is gone is
 * missed.
 *
 * @param lineage names the journal
 * @param commits how many there were
 * @param rows how many there are
 * @param digest the sum of their {@link Row#digest}
 * @param nextRow the number of the next row
 * @param nextJob the number of the next job
 * @param nextBatch the sequence of the next batch
 */
public record Head(
    long lineage,
    long commits,
    long rows,
    long digest,
    long nextRow,
    long nextJob,
    long nextBatch) {
  /** That of a new journal. */
  public static Head first(long lineage) {
    return new Head(lineage, 0, 0, 0, 1, 1, 0);
  }

  /** After one more commit. */
  public Head committed() {
    return new Head(lineage, commits + 1, rows, digest, nextRow, nextJob, nextBatch);
  }

  /** With a row more. */
  public Head with(Row row) {
    return new Head(
        lineage,
        commits,
        rows + 1,
        digest + row.digest(),
        Math.max(nextRow, row.number() + 1),
        Math.max(nextJob, row.job() + 1),
        nextBatch);
  }

  /** With a batch of this sequence. */
  public Head withBatch(long sequence) {
    return new Head(
        lineage, commits, rows, digest, nextRow, nextJob, Math.max(nextBatch, sequence + 1));
  }

  /** Without a row. */
  public Head without(long number, int sum) {
    long left = digest - Row.digest(number, sum);
    return new Head(lineage, commits, rows - 1, left, nextRow, nextJob, nextBatch);
  }

  /** The CRC-32C of all of it. */
  public int sum() {
    ByteBuffer all = ByteBuffer.allocate(7 * Long.BYTES).putLong(lineage).putLong(commits);
    all.putLong(rows).putLong(digest).putLong(nextRow).putLong(nextJob).putLong(nextBatch);
    CRC32C sum = new CRC32C();
    sum.update(all.flip());
    return (int) sum.getValue();
  }
}
