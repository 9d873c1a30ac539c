package io.minga.libp2p.pnet;

import io.minga.libp2p.crypto.Entropy;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.bouncycastle.crypto.engines.XSalsa20Engine;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;
import org.jspecify.annotations.Nullable;

/**
 * The two XSalsa20 streams of one connection in a private network. Each side sends a nonce of 24
 * bytes with its first write; all that follows is its stream, from counter 0. Bytes are encrypted
 * and decrypted in place, in pieces of any size. One owner; not safe for use by several threads.
 *
 * <p>This keeps strangers out and says nothing about who sent what: a peer with another key shows
 * only as noise where the next protocol expects its header.
 */
public final class PskStreams {
  /** The length of a nonce in bytes. */
  public static final int NONCE_LENGTH = 24;

  private static final int CHUNK_LENGTH = 4096;

  private final PreSharedKey key;
  private final byte[] nonce;
  private final XSalsa20Engine outbound;
  private final byte[] remoteNonce = new byte[NONCE_LENGTH];
  private int remoteNonceLength;
  private @Nullable XSalsa20Engine inbound;

  /** Where the bytes of buffers without an array are worked on; made when first needed. */
  private byte[] chunk = {};

  /** Streams under {@code key}, ours with a fresh nonce. */
  public PskStreams(PreSharedKey key, Entropy entropy) {
    this.key = key;
    this.nonce = entropy.next(NONCE_LENGTH);
    this.outbound = engine(key, nonce);
  }

  /** What our side sends first, in front of all that {@link #encrypt} has encrypted. */
  public Bytes nonce() {
    return Bytes.copyOf(nonce);
  }

  /** Encrypts what remains of {@code data} in place; position and limit stay. */
  public void encrypt(ByteBuffer data) {
    apply(outbound, data);
  }

  /**
   * Decrypts what remains of {@code data} in place. The peer's nonce, which comes first, is taken
   * out: the position moves past it. What then remains is plaintext.
   *
   * @throws WireException if the peer's nonce is ours, sent back
   */
  public void decrypt(ByteBuffer data) throws WireException {
    if (inbound == null) {
      int count = Math.min(NONCE_LENGTH - remoteNonceLength, data.remaining());
      data.get(remoteNonce, remoteNonceLength, count);
      remoteNonceLength += count;
      if (remoteNonceLength < NONCE_LENGTH) {
        return;
      }
      if (Arrays.equals(remoteNonce, nonce)) {
        throw new WireException("the private network's nonce is our own, sent back to us");
      }
      inbound = engine(key, remoteNonce);
    }
    apply(inbound, data);
  }

  private static XSalsa20Engine engine(PreSharedKey key, byte[] nonce) {
    XSalsa20Engine engine = new XSalsa20Engine();
    engine.init(true, new ParametersWithIV(new KeyParameter(key.key()), nonce));
    return engine;
  }

  private void apply(XSalsa20Engine engine, ByteBuffer data) {
    if (data.hasArray()) {
      int offset = data.arrayOffset() + data.position();
      engine.processBytes(data.array(), offset, data.remaining(), data.array(), offset);
      return;
    }
    if (chunk.length == 0) {
      chunk = new byte[CHUNK_LENGTH];
    }
    for (int at = data.position(); at < data.limit(); at += CHUNK_LENGTH) {
      int count = Math.min(CHUNK_LENGTH, data.limit() - at);
      data.get(at, chunk, 0, count);
      engine.processBytes(chunk, 0, count, chunk, 0);
      data.put(at, chunk, 0, count);
    }
  }
}
