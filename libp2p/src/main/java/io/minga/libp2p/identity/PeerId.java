package io.minga.libp2p.identity;

import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A peer's name: the multihash of its public key (libp2p peer-ids). A key of at most 42 bytes is
 * its own hash, so that the id of an Ed25519 peer contains its key; of a longer one, it is the
 * SHA-256.
 */
public final class PeerId implements Comparable<PeerId> {
  /** The longest id, an inlined key of 42 bytes with its two bytes of header. */
  public static final int BYTES_MAX = 44;

  private static final int INLINED_BYTES_MAX = 42;
  private static final int SHA256_LENGTH = 32;
  private static final Bytes SHA256_HEADER = Bytes.fromHex("1220");

  private final Bytes multihash;
  private final int hash;

  private PeerId(Bytes multihash) {
    this.multihash = multihash;
    this.hash = multihash.hashCode();
  }

  /** The id of the peer that holds the private half of {@code key}. */
  public static PeerId of(PublicKey key) {
    Bytes encoded = key.encode();
    if (encoded.length() <= INLINED_BYTES_MAX) {
      return new PeerId(inlinedHeader(encoded.length()).concat(encoded));
    }
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(encoded.toByteArray());
      return new PeerId(SHA256_HEADER.concat(Bytes.copyOf(digest)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("no SHA-256 in this JVM", e);
    }
  }

  /**
   * The id that {@code multihash}, from the wire, is.
   *
   * @throws WireException if it is neither a SHA-256 of 32 bytes nor at most 42 bytes under the
   *     identity hash
   */
  public static PeerId decode(Bytes multihash) throws WireException {
    int length = multihash.length() - 2;
    if (length < 0 || length > INLINED_BYTES_MAX) {
      throw new WireException(
          "peer id has " + multihash.length() + " bytes, should have 2 to " + BYTES_MAX);
    }
    Bytes header = multihash.slice(0, 2);
    boolean hashed = header.equals(SHA256_HEADER) && length == SHA256_LENGTH;
    if (!hashed && !header.equals(inlinedHeader(length))) {
      throw new WireException(
          "peer id of "
              + multihash.length()
              + " bytes begins with "
              + header
              + ", should begin with 1220 (a SHA-256) or "
              + inlinedHeader(length)
              + " (an inlined key)");
    }
    return new PeerId(multihash);
  }

  private static Bytes inlinedHeader(int length) {
    return Bytes.copyOf(new byte[] {0, (byte) length});
  }

  /** The bytes that the wire has. */
  public Bytes multihash() {
    return multihash;
  }

  /** The peer's public key, if its id contains it and it is well-formed. */
  public Optional<PublicKey> publicKey() {
    if (multihash.at(0) != 0) {
      return Optional.empty();
    }
    try {
      return Optional.of(PublicKey.decode(multihash.slice(2, multihash.length())));
    } catch (WireException e) {
      return Optional.empty();
    }
  }

  @Override
  public int compareTo(PeerId other) {
    return multihash.compareTo(other.multihash);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PeerId that && hash == that.hash && multihash.equals(that.multihash);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return multihash.toHex();
  }
}
