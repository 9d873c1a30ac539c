package io.minga.libp2p.noise;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the second and third handshake message carry: who speaks, the proof that the static key is
 * theirs, and the muxers that they know, the preferred one first (noise-libp2p, The libp2p
 * Handshake Payload). Fields that it doesn't name, WebTransport's among them, are passed over.
 */
record HandshakePayload(Bytes identityKey, Bytes identitySignature, List<String> muxers) {
  private static final Bytes SIGNATURE_PREFIX =
      Bytes.copyOf("noise-libp2p-static-key:".getBytes(StandardCharsets.US_ASCII));

  private static final int IDENTITY_KEY = 1;
  private static final int IDENTITY_SIGNATURE = 2;
  private static final int EXTENSIONS = 4;
  private static final int STREAM_MUXERS = 2;

  HandshakePayload {
    muxers = List.copyOf(muxers);
  }

  Bytes encode() {
    ByteArrayOutputStream extensions = new ByteArrayOutputStream();
    ByteArrayOutputStream payload = new ByteArrayOutputStream();
    try {
      CodedOutputStream out = CodedOutputStream.newInstance(extensions);
      for (String muxer : muxers) {
        out.writeString(STREAM_MUXERS, muxer);
      }
      out.flush();
      out = CodedOutputStream.newInstance(payload);
      out.writeByteArray(IDENTITY_KEY, identityKey.toByteArray());
      out.writeByteArray(IDENTITY_SIGNATURE, identitySignature.toByteArray());
      if (!muxers.isEmpty()) {
        out.writeByteArray(EXTENSIONS, extensions.toByteArray());
      }
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return Bytes.copyOf(payload.toByteArray());
  }

  /**
   * Decodes a payload.
   *
   * @throws WireException if it isn't protobuf, has a field twice, lacks the key or the signature,
   *     or advertises more than {@code muxersMax} muxers
   */
  static HandshakePayload decode(byte[] payload, int muxersMax) throws WireException {
    try {
      return decodeFields(CodedInputStream.newInstance(payload), muxersMax);
    } catch (InvalidProtocolBufferException e) {
      throw new WireException("the payload is not a protobuf message: " + e.getMessage());
    } catch (IOException e) {
      throw new UncheckedIOException("reading from memory", e);
    }
  }

  private static HandshakePayload decodeFields(CodedInputStream in, int muxersMax)
      throws IOException, WireException {
    byte @Nullable [] identityKey = null;
    byte @Nullable [] signature = null;
    byte @Nullable [] extensions = null;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case IDENTITY_KEY -> identityKey = onlyBytes(in, tag, "identity_key", identityKey);
        case IDENTITY_SIGNATURE -> signature = onlyBytes(in, tag, "identity_sig", signature);
        case EXTENSIONS -> extensions = onlyBytes(in, tag, "extensions", extensions);
        default -> skip(in, tag);
      }
    }
    if (identityKey == null || signature == null) {
      throw new WireException(
          "the payload has no " + (identityKey == null ? "identity_key" : "identity_sig"));
    }
    List<String> muxers = extensions == null ? List.of() : decodeMuxers(extensions, muxersMax);
    return new HandshakePayload(Bytes.copyOf(identityKey), Bytes.copyOf(signature), muxers);
  }

  private static List<String> decodeMuxers(byte[] extensions, int muxersMax)
      throws IOException, WireException {
    CodedInputStream in = CodedInputStream.newInstance(extensions);
    List<String> muxers = new ArrayList<>(2);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (WireFormat.getTagFieldNumber(tag) != STREAM_MUXERS) {
        skip(in, tag);
        continue;
      }
      requireBytes(tag, "stream_muxers");
      if (muxers.size() == muxersMax) {
        throw new WireException("the payload advertises more than " + muxersMax + " muxers");
      }
      muxers.add(in.readStringRequireUtf8());
    }
    return muxers;
  }

  private static byte[] onlyBytes(
      CodedInputStream in, int tag, String field, byte @Nullable [] before)
      throws IOException, WireException {
    requireBytes(tag, field);
    if (before != null) {
      throw new WireException("the payload has " + field + " twice");
    }
    return in.readByteArray();
  }

  private static void requireBytes(int tag, String field) throws WireException {
    if (WireFormat.getTagWireType(tag) != WireFormat.WIRETYPE_LENGTH_DELIMITED) {
      throw new WireException("the payload's " + field + " is not length-delimited");
    }
  }

  private static void skip(CodedInputStream in, int tag) throws IOException, WireException {
    int wireType = WireFormat.getTagWireType(tag);
    if (wireType == WireFormat.WIRETYPE_START_GROUP || wireType == WireFormat.WIRETYPE_END_GROUP) {
      throw new WireException("the payload has a protobuf group, which is none of its fields");
    }
    in.skipField(tag);
  }

  /** What the identity key signs: a fixed prefix and the static key. */
  static byte[] signedMessage(byte[] staticKey) {
    return ByteBuffer.allocate(SIGNATURE_PREFIX.length() + staticKey.length)
        .put(SIGNATURE_PREFIX.asReadOnlyBuffer())
        .put(staticKey)
        .array();
  }
}
