package io.minga.libp2p.yamux;

/** A host's budget that remembers what is reserved and refuses to be given back more. */
final class CountingBudget implements WindowBudget {
  private final long bytesMax;
  private long reservedBytes;

  CountingBudget(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  long reservedBytes() {
    return reservedBytes;
  }

  @Override
  public boolean reserve(int bytes) {
    if (bytes <= 0) {
      throw new AssertionError("reserved " + bytes);
    }
    if (bytes > bytesMax - reservedBytes) {
      return false;
    }
    reservedBytes += bytes;
    return true;
  }

  @Override
  public void release(int bytes) {
    reservedBytes -= bytes;
    if (bytes <= 0 || reservedBytes < 0) {
      throw new AssertionError("released " + bytes + ", " + reservedBytes + " left");
    }
  }
}
