package io.minga.libp2p.noise;

import io.minga.libp2p.crypto.Crypto;
import io.minga.libp2p.crypto.Crypto.Aead;
import io.minga.libp2p.wire.WireException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Noise's HandshakeState for the pattern XX, without framing and with payloads of any content:
 *
 * <pre>
 *   -&gt; e
 *   &lt;- e, ee, s, es
 *   -&gt; s, se
 * </pre>
 *
 * Messages are written and read strictly in turn.
 */
final class XxHandshake {
  /** How many messages there are. */
  static final int MESSAGES = 3;

  private static final int KEY = X25519KeyPair.LENGTH;
  private static final int SEALED_KEY = KEY + Aead.TAG_LENGTH;

  /** What each message is longer than its payload, in bytes. */
  private static final int[] OVERHEAD = {
    KEY, KEY + SEALED_KEY + Aead.TAG_LENGTH, SEALED_KEY + Aead.TAG_LENGTH
  };

  /** The largest of the overheads: message 2's. */
  static final int OVERHEAD_MAX = KEY + SEALED_KEY + Aead.TAG_LENGTH;

  private final Crypto crypto;
  private final boolean initiator;
  private final X25519KeyPair staticKey;
  private final X25519KeyPair ephemeralKey;
  private final SymmetricState symmetric;
  private byte @Nullable [] remoteEphemeral;
  private byte @Nullable [] remoteStatic;
  private int messages;

  XxHandshake(
      Crypto crypto,
      boolean initiator,
      X25519KeyPair staticKey,
      X25519KeyPair ephemeralKey,
      byte[] prologue) {
    this.crypto = crypto;
    this.initiator = initiator;
    this.staticKey = staticKey;
    this.ephemeralKey = ephemeralKey;
    this.symmetric = new SymmetricState(crypto);
    symmetric.mixHash(prologue, 0, prologue.length);
  }

  /** What message {@code index}, from 0, is longer than its payload, in bytes. */
  static int overhead(int index) {
    return OVERHEAD[index];
  }

  /**
   * The next message, which is ours, into {@code out}.
   *
   * @throws WireException if the keys that the peer has sent make it impossible
   */
  void writeMessage(byte[] payload, ByteBuffer out) throws WireException {
    requireTurn(true);
    try {
      writeTokens(out);
    } catch (WireException e) {
      throw e.at("Noise message " + (messages + 1) + " can't be written");
    }
    symmetric.encryptAndHash(payload, out);
    messages++;
  }

  private void writeTokens(ByteBuffer out) throws WireException {
    switch (messages) {
      case 0 -> writeEphemeral(out);
      case 1 -> {
        writeEphemeral(out);
        mixEphemerals();
        symmetric.encryptAndHash(staticKey.publicKey(), out);
        mixResponderStatic();
      }
      default -> {
        symmetric.encryptAndHash(staticKey.publicKey(), out);
        mixInitiatorStatic();
      }
    }
  }

  /** The payload of the next message, which is the peer's. */
  byte[] readMessage(byte[] message) throws WireException {
    requireTurn(false);
    int overhead = overhead(messages);
    if (message.length < overhead) {
      throw new WireException(
          "Noise message "
              + (messages + 1)
              + " is "
              + message.length
              + " bytes long, and "
              + overhead
              + " is the least");
    }
    try {
      return readTokensAndPayload(message);
    } catch (WireException e) {
      throw e.at("Noise message " + (messages + 1));
    }
  }

  private byte[] readTokensAndPayload(byte[] message) throws WireException {
    int offset = 0;
    switch (messages) {
      case 0 -> offset = readEphemeral(message);
      case 1 -> {
        offset = readEphemeral(message);
        mixEphemerals();
        offset = readStatic(message, offset);
        mixResponderStatic();
      }
      default -> {
        offset = readStatic(message, offset);
        mixInitiatorStatic();
      }
    }
    byte[] payload = symmetric.decryptAndHash(message, offset, message.length - offset);
    messages++;
    return payload;
  }

  /** The peer's static public key, once its message has been read. */
  byte[] remoteStatic() {
    return Objects.requireNonNull(remoteStatic).clone();
  }

  /** The hash of the whole handshake. */
  byte[] handshakeHash() {
    return symmetric.hash();
  }

  /** Our two cipher states, once all messages have passed. */
  NoiseTransport split() {
    if (messages != MESSAGES) {
      throw new IllegalStateException("a handshake is split after its last message");
    }
    Aead[] ciphers = symmetric.split();
    return initiator
        ? new NoiseTransport(ciphers[0], ciphers[1])
        : new NoiseTransport(ciphers[1], ciphers[0]);
  }

  private void writeEphemeral(ByteBuffer out) {
    out.put(ephemeralKey.publicKey());
    symmetric.mixHash(ephemeralKey.publicKey(), 0, KEY);
  }

  private int readEphemeral(byte[] message) throws WireException {
    byte[] key = Arrays.copyOf(message, KEY);
    if (Arrays.equals(key, ephemeralKey.publicKey())) {
      throw new WireException("the ephemeral key is our own, sent back to us");
    }
    remoteEphemeral = key;
    symmetric.mixHash(key, 0, KEY);
    return KEY;
  }

  private int readStatic(byte[] message, int offset) throws WireException {
    byte[] key = symmetric.decryptAndHash(message, offset, SEALED_KEY);
    if (Arrays.equals(key, staticKey.publicKey())) {
      throw new WireException("the static key is our own: a peer does not connect to itself");
    }
    remoteStatic = key;
    return offset + SEALED_KEY;
  }

  private void mixEphemerals() throws WireException {
    mixSharedSecret(ephemeralKey, Objects.requireNonNull(remoteEphemeral), "ephemeral");
  }

  /** Token es: the initiator's ephemeral key with the responder's static one. */
  private void mixResponderStatic() throws WireException {
    if (initiator) {
      mixSharedSecret(ephemeralKey, Objects.requireNonNull(remoteStatic), "static");
    } else {
      mixSharedSecret(staticKey, Objects.requireNonNull(remoteEphemeral), "ephemeral");
    }
  }

  /** Token se: the initiator's static key with the responder's ephemeral one. */
  private void mixInitiatorStatic() throws WireException {
    if (initiator) {
      mixSharedSecret(staticKey, Objects.requireNonNull(remoteEphemeral), "ephemeral");
    } else {
      mixSharedSecret(ephemeralKey, Objects.requireNonNull(remoteStatic), "static");
    }
  }

  private void mixSharedSecret(X25519KeyPair ours, byte[] theirs, String which)
      throws WireException {
    byte[] secret;
    try {
      secret = crypto.x25519(ours.scalar(), theirs);
    } catch (WireException e) {
      throw e.at("the " + which + " key is unusable");
    }
    symmetric.mixKey(secret);
  }

  private void requireTurn(boolean ours) {
    if (messages == MESSAGES || ours != ((messages % 2 == 0) == initiator)) {
      throw new IllegalStateException(
          "after "
              + messages
              + " Noise messages it isn't our turn to "
              + (ours ? "write" : "read"));
    }
  }
}
