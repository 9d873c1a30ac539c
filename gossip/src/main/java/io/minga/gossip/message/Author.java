package io.minga.gossip.message;

import io.minga.libp2p.crypto.Crypto;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.identity.PrivateKey;
import io.minga.libp2p.wire.Bytes;
import java.nio.ByteBuffer;

/**
 * Who writes messages: numbers them and signs them. One owner; not safe for use by several threads.
 *
 * <p>The router takes only signed messages, so that signing, which costs far more than routing, can
 * be done elsewhere than on its thread.
 */
public final class Author {
  private final Crypto.Signer signer;
  private final Bytes from;
  private long seqno;

  /**
   * The author that holds {@code key}.
   *
   * @param wallClockNanos nanoseconds since 1970, with which sequence numbers start, so that they
   *     go on rising after a restart
   */
  public Author(Crypto crypto, PrivateKey key, long wallClockNanos) {
    this.signer = key.signer(crypto);
    this.from = PeerId.of(key.publicKey()).multihash();
    this.seqno = wallClockNanos;
  }

  /** The next message, signed. */
  public Message write(Topic topic, Bytes data) {
    byte[] number = ByteBuffer.allocate(StrictSign.SEQNO_LENGTH).putLong(seqno++).array();
    Message unsigned =
        new Message(from, data, Bytes.copyOf(number), topic, Bytes.EMPTY, Bytes.EMPTY);
    return StrictSign.sign(signer, unsigned);
  }
}
