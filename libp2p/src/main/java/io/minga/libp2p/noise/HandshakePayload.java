package io.minga.libp2p.noise;

import io.minga.libp2p.identity.PublicKey;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.ProtobufReader;
import io.minga.libp2p.wire.ProtobufWriter;
import io.minga.libp2p.wire.WireException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the second and third handshake message carry: who speaks, the proof that the static key is
 * theirs, and the muxers that they know, the preferred one first (noise-libp2p, The libp2p
 * Handshake Payload). Fields that it doesn't name, WebTransport's among them, are passed over.
 */
record HandshakePayload(Bytes identityKey, Bytes identitySignature, List<String> muxers) {
  /** The longest signature, that of an RSA key of 8192 bits, in bytes. */
  static final int SIGNATURE_BYTES_MAX = 1024;

  /** The longest name of a muxer in bytes, which is what multistream can carry. */
  static final int MUXER_BYTES_MAX = 1023;

  private static final Bytes SIGNATURE_PREFIX = Bytes.utf8("noise-libp2p-static-key:");

  private static final int IDENTITY_KEY = 1;
  private static final int IDENTITY_SIGNATURE = 2;
  private static final int EXTENSIONS = 4;
  private static final int STREAM_MUXERS = 2;

  HandshakePayload {
    muxers = List.copyOf(muxers);
  }

  Bytes encode() {
    ProtobufWriter out =
        new ProtobufWriter()
            .bytes(IDENTITY_KEY, identityKey)
            .bytes(IDENTITY_SIGNATURE, identitySignature);
    if (!muxers.isEmpty()) {
      ProtobufWriter extensions = new ProtobufWriter();
      muxers.forEach(muxer -> extensions.string(STREAM_MUXERS, muxer));
      out.message(EXTENSIONS, extensions);
    }
    return out.toBytes();
  }

  /**
   * Decodes a payload.
   *
   * @throws WireException if it isn't protobuf, has a field twice, lacks the key or the signature,
   *     or advertises more than {@code muxersMax} muxers
   */
  static HandshakePayload decode(byte[] payload, int muxersMax) throws WireException {
    @Nullable Bytes identityKey = null;
    @Nullable Bytes signature = null;
    @Nullable List<String> muxers = null;
    ProtobufReader in = ProtobufReader.of("payload", ByteBuffer.wrap(payload));
    while (in.next()) {
      switch (in.field()) {
        case IDENTITY_KEY -> {
          requireFirst(in, "identity_key", identityKey);
          identityKey = in.bytes(PublicKey.ENCODED_BYTES_MAX);
        }
        case IDENTITY_SIGNATURE -> {
          requireFirst(in, "identity_sig", signature);
          signature = in.bytes(SIGNATURE_BYTES_MAX);
        }
        case EXTENSIONS -> {
          requireFirst(in, "extensions", muxers);
          muxers = decodeMuxers(in.message("payload's extensions", payload.length), muxersMax);
        }
        default -> {}
      }
    }
    if (identityKey == null || signature == null) {
      throw new WireException(
          "payload has no " + (identityKey == null ? "identity_key" : "identity_sig"));
    }
    return new HandshakePayload(identityKey, signature, muxers == null ? List.of() : muxers);
  }

  private static List<String> decodeMuxers(ProtobufReader in, int muxersMax) throws WireException {
    List<String> muxers = new ArrayList<>(2);
    while (in.next()) {
      if (in.field() == STREAM_MUXERS) {
        if (muxers.size() == muxersMax) {
          throw in.violation("more than " + muxersMax + " muxers are advertised");
        }
        muxers.add(in.string(MUXER_BYTES_MAX));
      }
    }
    return muxers;
  }

  private static void requireFirst(ProtobufReader in, String name, @Nullable Object before)
      throws WireException {
    if (before != null) {
      throw in.violation(name + " is there twice");
    }
  }

  /** What the identity key signs: a fixed prefix and the static key. */
  static byte[] signedMessage(byte[] staticKey) {
    return SIGNATURE_PREFIX.concat(Bytes.copyOf(staticKey)).toByteArray();
  }
}
