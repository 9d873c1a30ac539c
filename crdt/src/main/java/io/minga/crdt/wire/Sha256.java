package io.minga.crdt.wire;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** A SHA-256 under way, which can be used again after each {@link #digest()}. */
public final class Sha256 {
  private final MessageDigest sha;

  /** A hash of nothing yet. */
  public Sha256() {
    try {
      sha = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) { // every Java platform has it
      throw new IllegalStateException(impossible);
    }
  }

  /** Goes on with these bytes. */
  public Sha256 add(byte[] bytes) {
    sha.update(bytes);
    return this;
  }

  /** Goes on with one byte. */
  public Sha256 add(int value) {
    sha.update((byte) value);
    return this;
  }

  /** Goes on with the 16 bytes of a digest. */
  public Sha256 add(Digest digest) {
    ByteBuffer half = ByteBuffer.allocate(Digest.BYTES);
    half.putLong(digest.high()).putLong(digest.low());
    sha.update(half.array());
    return this;
  }

  /** What the bytes so far hash to; the next byte begins another hash. */
  public Digest digest() {
    ByteBuffer whole = ByteBuffer.wrap(sha.digest());
    return new Digest(whole.getLong(), whole.getLong());
  }
}
