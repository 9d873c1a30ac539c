package io.minga.gossip.message;

import io.minga.libp2p.crypto.Crypto;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.identity.PublicKey;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.Uvarint;
import io.minga.libp2p.wire.WireException;
import java.nio.ByteBuffer;

/**
 * The signature policy StrictSign: every message names its author and is signed by it.
 *
 * <p>Signed are {@code libp2p-pubsub:} and the message with its fields 1 to 4 only, in this order:
 * neither the signature nor the key, whatever the prose of the specification says. All four are
 * always there, data of no bytes too, as go, rust and js write it. Stateless, so that messages can
 * be verified on any thread.
 */
public final class StrictSign {
  /** How long a sequence number is, in bytes. */
  public static final int SEQNO_LENGTH = 8;

  private static final Bytes DOMAIN = Bytes.utf8("libp2p-pubsub:");

  /** The wire type of bytes in protobuf. */
  private static final int LENGTH_DELIMITED = 2;

  private static final int FIELD_FROM = 1;
  private static final int FIELD_DATA = 2;
  private static final int FIELD_SEQNO = 3;
  private static final int FIELD_TOPIC = 4;

  private StrictSign() {}

  /** {@code unsigned} with the signature of {@code signer}, who has its author's key. */
  static Message sign(Crypto.Signer signer, Message unsigned) {
    Bytes signature = Bytes.copyOf(signer.sign(signedBytes(unsigned)));
    return new Message(
        unsigned.from(),
        unsigned.data(),
        unsigned.seqno(),
        unsigned.topic(),
        signature,
        unsigned.key());
  }

  /** Whether {@code message} has an author, a number and a signature; what they are worth, not. */
  public static boolean hasParts(Message message) {
    return !message.from().isEmpty()
        && message.seqno().length() == SEQNO_LENGTH
        && !message.signature().isEmpty();
  }

  /**
   * Verifies that the author of {@code message} has signed it.
   *
   * @throws WireException if a part is missing or malformed, the key is not that of the author, or
   *     the signature is wrong
   */
  public static void verify(Crypto crypto, Message message) throws WireException {
    if (!hasParts(message)) {
      throw new WireException(
          "message should have an author, a sequence number of 8 bytes and a signature, has them of "
              + "%d, %d and %d bytes"
                  .formatted(
                      message.from().length(),
                      message.seqno().length(),
                      message.signature().length()));
    }
    PublicKey key = authorKey(message);
    byte[] signature = message.signature().toByteArray();
    if (!key.verify(crypto, signedBytes(message), signature)) {
      throw new WireException("message's signature is not that of its author");
    }
  }

  private static PublicKey authorKey(Message message) throws WireException {
    PeerId author = PeerId.decode(message.from());
    if (message.key().isEmpty()) {
      return author
          .publicKey()
          .orElseThrow(
              () ->
                  new WireException(
                      "message lacks the key of its author, whose id doesn't contain it"));
    }
    PublicKey key = PublicKey.decode(message.key());
    if (!PeerId.of(key).equals(author)) {
      throw new WireException("message's key is not that of its author");
    }
    return key;
  }

  /** Made without a writer of protobuf, whose buffers would take several times as much. */
  private static byte[] signedBytes(Message message) {
    Bytes topic = message.topic().name();
    int length =
        DOMAIN.length()
            + fieldLength(message.from())
            + fieldLength(message.data())
            + fieldLength(message.seqno())
            + fieldLength(topic);
    ByteBuffer out = ByteBuffer.allocate(length);
    DOMAIN.writeTo(out);
    field(FIELD_FROM, message.from(), out);
    field(FIELD_DATA, message.data(), out);
    field(FIELD_SEQNO, message.seqno(), out);
    field(FIELD_TOPIC, topic, out);
    return out.array();
  }

  private static int fieldLength(Bytes value) {
    return 1 + Uvarint.length(value.length()) + value.length();
  }

  private static void field(int number, Bytes value, ByteBuffer out) {
    out.put((byte) (number << 3 | LENGTH_DELIMITED));
    Uvarint.encode(value.length(), out);
    value.writeTo(out);
  }
}
