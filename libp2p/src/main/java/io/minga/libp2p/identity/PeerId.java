package io.minga.libp2p.identity;

import io.minga.libp2p.multiformats.Base58;
import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.multiformats.Multihash;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
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

  private static final int SHOWN_MAX = 80;

  private final Bytes multihash;
  private final int hash;

  /** Computed when first asked for; threads that race compute the same. */
  private @Nullable String text;

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
    return new PeerId(Multihash.sha256(encoded).toBytes());
  }

  /**
   * Parses what a user typed, in base58 ({@code 12D3Koo…}, {@code Qm…}) or as a CID of version 1
   * ({@code bafz…}).
   *
   * @throws IllegalArgumentException if it is no peer id; the message says why
   */
  public static PeerId parse(String text) {
    try {
      return decodeText(text);
    } catch (WireException wrong) {
      String shown = text.length() <= SHOWN_MAX ? text : text.substring(0, SHOWN_MAX) + "…";
      throw new IllegalArgumentException(
          "\""
              + shown
              + "\" is not a peer id, such as 12D3Koo…, Qm… or bafz…: "
              + wrong.getMessage(),
          wrong);
    }
  }

  /** Reads the text that a peer sent, in the forms of {@link #parse}. */
  public static PeerId decodeText(String text) throws WireException {
    if (text.startsWith("1") || text.startsWith("Qm")) {
      return decode(Base58.decode(text));
    }
    Cid cid = Cid.decodeText(text);
    if (cid.codec() != Cid.LIBP2P_KEY) {
      throw new WireException(
          "CID's codec is 0x"
              + Long.toHexString(cid.codec())
              + ", a peer id's is 0x"
              + Long.toHexString(Cid.LIBP2P_KEY)
              + " (libp2p-key)");
    }
    return decode(cid.multihash());
  }

  /** The id that {@code multihash} is; {@link #decode(Bytes)} says which are none. */
  public static PeerId decode(Multihash multihash) throws WireException {
    return decode(multihash.toBytes());
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

  /** The id as a multihash, as multiaddrs and CIDs have it. */
  public Multihash toMultihash() {
    boolean inlined = multihash.at(0) == 0;
    return new Multihash(
        inlined ? Multihash.Function.IDENTITY : Multihash.Function.SHA2_256,
        multihash.slice(2, multihash.length()));
  }

  /** The id as a CID of version 1, whose text is the {@code bafz…} form. */
  public Cid toCid() {
    return new Cid(1, Cid.LIBP2P_KEY, toMultihash());
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

  /** The base58 form. */
  @Override
  public String toString() {
    String known = text;
    if (known == null) {
      known = Base58.encode(multihash);
      text = known;
    }
    return known;
  }
}
