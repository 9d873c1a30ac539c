package io.minga.libp2p.noise;

import io.minga.libp2p.crypto.Crypto;
import io.minga.libp2p.crypto.Crypto.Aead;
import io.minga.libp2p.wire.WireException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Noise's SymmetricState and the CipherState within it, for SHA-256 and ChaCha20-Poly1305 (Noise
 * revision 34, 5.1 and 5.2).
 */
final class SymmetricState {
  private static final byte[] PROTOCOL_NAME =
      "Noise_XX_25519_ChaChaPoly_SHA256".getBytes(StandardCharsets.US_ASCII);

  /** HKDF's output, two keys one after the other, is of twice this length. */
  private static final int KEY_LENGTH = 32;

  private final Crypto crypto;
  private final MessageDigest sha256;

  /** The protocol's name is as long as a hash, so it is the first hash and chaining key itself. */
  private byte[] hash = PROTOCOL_NAME.clone();

  private byte[] chainingKey = PROTOCOL_NAME.clone();
  private @Nullable Aead cipher;
  private long counter;

  SymmetricState(Crypto crypto) {
    this.crypto = crypto;
    try {
      this.sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** {@code length} bytes of {@code data} from {@code offset} become part of the transcript. */
  void mixHash(byte[] data, int offset, int length) {
    sha256.update(hash);
    sha256.update(data, offset, length);
    hash = sha256.digest();
  }

  /** The secret becomes part of every later key. */
  void mixKey(byte[] secret) {
    byte[] keys = hkdf(secret);
    chainingKey = Arrays.copyOf(keys, KEY_LENGTH);
    cipher = crypto.chaCha20Poly1305(Arrays.copyOfRange(keys, KEY_LENGTH, 2 * KEY_LENGTH));
    counter = 0;
  }

  /** Writes {@code plaintext}, sealed once there is a key, to {@code out} and the transcript. */
  void encryptAndHash(byte[] plaintext, ByteBuffer out) {
    int start = out.position();
    if (cipher == null) {
      out.put(plaintext);
    } else {
      cipher.seal(counter++, hash, ByteBuffer.wrap(plaintext), out);
    }
    mixHash(out.array(), out.arrayOffset() + start, out.position() - start);
  }

  /** The plaintext of {@code length} bytes of {@code message} from {@code offset}. */
  byte[] decryptAndHash(byte[] message, int offset, int length) throws WireException {
    byte[] plaintext;
    if (cipher == null) {
      plaintext = Arrays.copyOfRange(message, offset, offset + length);
    } else {
      plaintext = new byte[length - Aead.TAG_LENGTH];
      ByteBuffer ciphertext = ByteBuffer.wrap(message, offset, length);
      cipher.open(counter++, hash, ciphertext, ByteBuffer.wrap(plaintext));
    }
    mixHash(message, offset, length);
    return plaintext;
  }

  /** The hash of the transcript so far. */
  byte[] hash() {
    return hash.clone();
  }

  /** The cipher of what the initiator sends, then that of what the responder sends. */
  Aead[] split() {
    byte[] keys = hkdf(new byte[0]);
    return new Aead[] {
      crypto.chaCha20Poly1305(Arrays.copyOf(keys, KEY_LENGTH)),
      crypto.chaCha20Poly1305(Arrays.copyOfRange(keys, KEY_LENGTH, 2 * KEY_LENGTH))
    };
  }

  /** HKDF under the chaining key with two outputs, one after the other (Noise 4.3). */
  private byte[] hkdf(byte[] secret) {
    byte[] temporary = hmac(chainingKey, secret);
    byte[] output = new byte[2 * KEY_LENGTH];
    byte[] first = hmac(temporary, new byte[] {1});
    byte[] next = Arrays.copyOf(first, KEY_LENGTH + 1);
    next[KEY_LENGTH] = 2;
    System.arraycopy(first, 0, output, 0, KEY_LENGTH);
    System.arraycopy(hmac(temporary, next), 0, output, KEY_LENGTH, KEY_LENGTH);
    return output;
  }

  private static byte[] hmac(byte[] key, byte[] data) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(data);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    }
  }
}
