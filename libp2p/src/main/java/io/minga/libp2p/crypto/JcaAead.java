package io.minga.libp2p.crypto;

import io.minga.libp2p.wire.WireException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.security.Provider;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * ChaCha20-Poly1305 through a JCA provider: one {@link Cipher} a direction, made on first use and
 * initialised for every message.
 *
 * <p>Each provider is fast on one kind of memory only. Conscrypt works on direct memory in place,
 * but allocates direct buffers for heap ones; the JDK works on arrays, but collects direct memory
 * in chunks. So buffers of the other kind pass through a scratch buffer of the right one, which
 * grows to the largest message it has seen, at most {@link #SCRATCH_BYTES_MAX}.
 */
final class JcaAead implements Crypto.Aead {
  private static final int NONCE_LENGTH = 12;
  private static final int COUNTER_OFFSET = 4;

  /** Room for the largest Noise message; larger ones get a buffer of their own. */
  private static final int SCRATCH_BYTES_MAX = 1 << 16;

  /** A nonce outside of Noise's, to get past the JDK's refusal of the previous one. */
  private static final IvParameterSpec UNUSED_NONCE =
      new IvParameterSpec(new byte[] {1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});

  /** The memory that a provider works on without copies. */
  enum Memory {
    DIRECT,
    ARRAY
  }

  private final @Nullable Provider provider;
  private final Memory memory;
  private final SecretKey key;
  private final ByteBuffer nonce = ByteBuffer.allocate(NONCE_LENGTH).order(ByteOrder.LITTLE_ENDIAN);

  private @Nullable Cipher sealing;
  private @Nullable Cipher opening;
  private @Nullable ByteBuffer scratch;
  private long counterSealed;
  private long counterOpened;

  /** An Aead of {@code provider}, or of whichever the JDK prefers if it is null. */
  JcaAead(@Nullable Provider provider, Memory memory, byte[] key) {
    PortableCrypto.requireLength(key, 32, "a ChaCha20-Poly1305 key");
    this.provider = provider;
    this.memory = memory;
    this.key = new SecretKeySpec(key, "ChaCha20");
  }

  @Override
  public void seal(
      long counter, byte[] associatedData, ByteBuffer plaintext, ByteBuffer ciphertext) {
    int length = plaintext.remaining() + TAG_LENGTH;
    if (ciphertext.remaining() < length) {
      throw new IllegalArgumentException(
          "the ciphertext needs " + length + " bytes, its buffer has " + ciphertext.remaining());
    }
    Cipher cipher = sealing;
    if (cipher == null) {
      cipher = newCipher();
      sealing = cipher;
    } else if (Long.compareUnsigned(counter, counterSealed) <= 0) {
      throw new IllegalStateException(
          "a nonce must be larger than the one before; after "
              + Long.toUnsignedString(counterSealed)
              + " came "
              + Long.toUnsignedString(counter));
    }
    counterSealed = counter;
    try {
      cipher.init(Cipher.ENCRYPT_MODE, key, nonce(counter));
      process(cipher, associatedData, plaintext, ciphertext, length);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("ChaCha20-Poly1305 can't encrypt", e);
    }
  }

  @Override
  public void open(long counter, byte[] associatedData, ByteBuffer ciphertext, ByteBuffer plaintext)
      throws WireException {
    int length = ciphertext.remaining() - TAG_LENGTH;
    if (length < 0) {
      throw new WireException(
          "ciphertext of "
              + ciphertext.remaining()
              + " bytes is shorter than its tag of "
              + TAG_LENGTH);
    }
    if (plaintext.remaining() < length) {
      throw new IllegalArgumentException(
          "the plaintext needs " + length + " bytes, its buffer has " + plaintext.remaining());
    }
    try {
      Cipher cipher = opening;
      if (cipher == null) {
        cipher = newCipher();
        opening = cipher;
      } else if (counter == counterOpened) {
        cipher.init(Cipher.DECRYPT_MODE, key, UNUSED_NONCE);
      }
      counterOpened = counter;
      cipher.init(Cipher.DECRYPT_MODE, key, nonce(counter));
      process(cipher, associatedData, ciphertext, plaintext, length);
    } catch (AEADBadTagException e) {
      throw new WireException("ciphertext does not authenticate under the session's key");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("ChaCha20-Poly1305 can't decrypt", e);
    }
  }

  private Cipher newCipher() {
    try {
      return provider == null
          ? Cipher.getInstance("ChaCha20-Poly1305")
          : Cipher.getInstance("ChaCha20-Poly1305", provider);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no ChaCha20-Poly1305 in this JVM", e);
    }
  }

  private IvParameterSpec nonce(long counter) {
    nonce.putLong(COUNTER_OFFSET, counter);
    return new IvParameterSpec(nonce.array());
  }

  /** Moves both positions, and only on success. */
  private void process(
      Cipher cipher, byte[] associatedData, ByteBuffer in, ByteBuffer out, int outLength)
      throws GeneralSecurityException {
    if (associatedData.length > 0) {
      cipher.updateAAD(associatedData);
    }
    if (isNative(in) && isNative(out)) {
      transform(cipher, in, out);
      return;
    }
    int inLength = in.remaining();
    ByteBuffer staged = scratch(Math.max(inLength, outLength));
    ByteBuffer result = staged.duplicate();
    staged.put(in.duplicate()).flip();
    transform(cipher, staged, result);
    out.put(result.flip());
    in.position(in.position() + inLength);
  }

  private boolean isNative(ByteBuffer buffer) {
    return memory == Memory.DIRECT ? buffer.isDirect() : buffer.hasArray();
  }

  private void transform(Cipher cipher, ByteBuffer in, ByteBuffer out)
      throws GeneralSecurityException {
    if (memory == Memory.DIRECT) {
      cipher.doFinal(in, out);
      return;
    }
    // The call for buffers would copy where the two overlap, this one works in place.
    int written =
        cipher.doFinal(
            in.array(),
            in.arrayOffset() + in.position(),
            in.remaining(),
            out.array(),
            out.arrayOffset() + out.position());
    in.position(in.limit());
    out.position(out.position() + written);
  }

  private ByteBuffer scratch(int length) {
    ByteBuffer kept = scratch;
    if (kept != null && length <= kept.capacity()) {
      return kept.clear();
    }
    ByteBuffer fresh =
        memory == Memory.DIRECT ? ByteBuffer.allocateDirect(length) : ByteBuffer.allocate(length);
    if (length <= SCRATCH_BYTES_MAX) {
      scratch = fresh;
    }
    return fresh;
  }
}
