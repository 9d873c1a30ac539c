package io.minga.libp2p.identity;

import io.minga.libp2p.crypto.Crypto;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.ProtobufReader;
import io.minga.libp2p.wire.ProtobufWriter;
import io.minga.libp2p.wire.Uvarint;
import io.minga.libp2p.wire.WireException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A payload that a peer has signed for one purpose (libp2p RFC 0002). There is no envelope whose
 * signature is wrong: one comes from sealing, or from opening what the wire brought.
 *
 * <p>The signature covers the purpose, called domain, the payload's type and the payload, each
 * behind its length, but not the key: who takes the payload for a statement of some peer compares
 * that peer's id with {@link #signer()}.
 */
public final class SignedEnvelope {
  /** The longest payload, in bytes: identify, which carries the largest, has messages of 8 KiB. */
  public static final int PAYLOAD_BYTES_MAX = 8 * 1024;

  /** The longest payload type, in bytes. */
  public static final int TYPE_BYTES_MAX = 64;

  /** The longest signature, that of an RSA key of 8192 bits, in bytes. */
  private static final int SIGNATURE_BYTES_MAX = 1024;

  private static final int FIELD_PUBLIC_KEY = 1;
  private static final int FIELD_TYPE = 2;
  private static final int FIELD_PAYLOAD = 3;
  private static final int FIELD_SIGNATURE = 5;

  private final PublicKey publicKey;
  private final Bytes type;
  private final Bytes payload;
  private final Bytes signature;

  private SignedEnvelope(PublicKey publicKey, Bytes type, Bytes payload, Bytes signature) {
    this.publicKey = publicKey;
    this.type = type;
    this.payload = payload;
    this.signature = signature;
  }

  /** Signs {@code payload} of {@code type} for the purpose {@code domain}. */
  public static SignedEnvelope seal(
      Crypto crypto, PrivateKey key, String domain, Bytes type, Bytes payload) {
    if (payload.length() > PAYLOAD_BYTES_MAX
        || type.length() == 0
        || type.length() > TYPE_BYTES_MAX) {
      throw new IllegalArgumentException(
          "an envelope takes a type of 1 to "
              + TYPE_BYTES_MAX
              + " bytes and a payload of up to "
              + PAYLOAD_BYTES_MAX
              + ", this has "
              + type.length()
              + " and "
              + payload.length());
    }
    byte[] signature = key.sign(crypto, signedBytes(domain, type, payload));
    return new SignedEnvelope(key.publicKey(), type, payload, Bytes.copyOf(signature));
  }

  /**
   * Decodes {@code encoded} and verifies it.
   *
   * @throws WireException if it is malformed, its payload is not of {@code type}, or its signature
   *     is not that of its key for the purpose {@code domain}
   */
  public static SignedEnvelope open(Crypto crypto, String domain, Bytes type, Bytes encoded)
      throws WireException {
    SignedEnvelope envelope = decode(encoded);
    if (!envelope.type.equals(type)) {
      throw new WireException(
          "envelope's payload is of type " + envelope.type + ", should be of " + type);
    }
    byte[] signed = signedBytes(domain, type, envelope.payload);
    if (!envelope.publicKey.verify(crypto, signed, envelope.signature.toByteArray())) {
      throw new WireException("envelope's signature is not that of its key for " + domain);
    }
    return envelope;
  }

  private static SignedEnvelope decode(Bytes encoded) throws WireException {
    @Nullable Bytes publicKey = null;
    @Nullable Bytes type = null;
    @Nullable Bytes payload = null;
    @Nullable Bytes signature = null;
    ProtobufReader in = ProtobufReader.of("envelope", encoded);
    while (in.next()) {
      switch (in.field()) {
        case FIELD_PUBLIC_KEY -> publicKey = once(in, publicKey, PublicKey.ENCODED_BYTES_MAX);
        case FIELD_TYPE -> type = once(in, type, TYPE_BYTES_MAX);
        case FIELD_PAYLOAD -> payload = once(in, payload, PAYLOAD_BYTES_MAX);
        case FIELD_SIGNATURE -> signature = once(in, signature, SIGNATURE_BYTES_MAX);
        default -> {}
      }
    }
    if (publicKey == null || type == null || signature == null) {
      throw new WireException("envelope lacks its public key, type or signature, should have all");
    }
    return new SignedEnvelope(
        PublicKey.decode(publicKey), type, payload == null ? Bytes.EMPTY : payload, signature);
  }

  /** A field that readers could take in two ways if it came twice. */
  private static Bytes once(ProtobufReader in, @Nullable Bytes before, int max)
      throws WireException {
    if (before != null) {
      throw in.violation("comes twice, should come once");
    }
    return in.bytes(max);
  }

  private static byte[] signedBytes(String domain, Bytes type, Bytes payload) {
    Bytes name = Bytes.utf8(domain);
    ByteBuffer out =
        ByteBuffer.allocate(
            name.length() + type.length() + payload.length() + 3 * Uvarint.LENGTH_MAX);
    for (Bytes part : new Bytes[] {name, type, payload}) {
      Uvarint.encode(part.length(), out);
      out.put(part.asReadOnlyBuffer());
    }
    return Bytes.copyOf(out.flip()).toByteArray();
  }

  /** The protobuf form. */
  public Bytes encode() {
    return new ProtobufWriter()
        .bytes(FIELD_PUBLIC_KEY, publicKey.encode())
        .bytes(FIELD_TYPE, type)
        .bytes(FIELD_PAYLOAD, payload)
        .bytes(FIELD_SIGNATURE, signature)
        .toBytes();
  }

  /** The peer that has signed. */
  public PeerId signer() {
    return PeerId.of(publicKey);
  }

  /** What was signed. */
  public Bytes payload() {
    return payload;
  }
}
