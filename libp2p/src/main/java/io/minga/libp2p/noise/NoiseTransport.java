package io.minga.libp2p.noise;

import io.minga.libp2p.crypto.Crypto.Aead;
import io.minga.libp2p.wire.WireException;
import java.nio.ByteBuffer;

/**
 * The two cipher states of the data phase: seals what we send and opens what we receive, one Noise
 * message at a time, in order. One owner; not safe for use by several threads.
 *
 * <p>On the wire a message is a frame: its length as u16 big-endian, then the ciphertext and a tag
 * of 16 bytes. Each direction counts its messages from 0 and never uses a counter twice; after the
 * 2⁶⁴ − 1 messages that Noise allows, it refuses (Noise revision 34, 5.1).
 */
public final class NoiseTransport {
  /** The length prefix of a frame in bytes. */
  public static final int PREFIX_LENGTH = 2;

  /** The longest Noise message in bytes, its tag included and its length prefix not. */
  public static final int MESSAGE_BYTES_MAX = 0xffff;

  /** The longest plaintext of one message in bytes. */
  public static final int PLAINTEXT_BYTES_MAX = MESSAGE_BYTES_MAX - Aead.TAG_LENGTH;

  /** What a frame is longer than its plaintext, in bytes. */
  public static final int FRAME_OVERHEAD = PREFIX_LENGTH + Aead.TAG_LENGTH;

  private static final byte[] NO_DATA = {};

  /** The one value that no message may have: 2⁶⁴ − 1, as a signed number. */
  private static final long COUNTER_END = -1;

  private final Aead sealing;
  private final Aead opening;
  private long sealed;
  private long opened;
  private boolean broken;

  NoiseTransport(Aead sealing, Aead opening) {
    this(sealing, opening, 0, 0);
  }

  /** For tests of the last messages: begins at these counters, unsigned. */
  NoiseTransport(Aead sealing, Aead opening, long sealed, long opened) {
    this.sealing = sealing;
    this.opening = opening;
    this.sealed = sealed;
    this.opened = opened;
  }

  /**
   * Writes the frame of what remains of {@code plaintext} to {@code out}, and moves both positions
   * past it. Heap or direct, of either byte order. The two may be one memory if the plaintext
   * begins {@link #PREFIX_LENGTH} bytes after the position of {@code out}.
   *
   * @throws IllegalArgumentException if the plaintext is longer than {@link #PLAINTEXT_BYTES_MAX}
   *     or {@code out} has no room for it and {@link #FRAME_OVERHEAD}
   * @throws IllegalStateException if all counters are used up: the connection must close
   */
  public void seal(ByteBuffer plaintext, ByteBuffer out) {
    int length = plaintext.remaining();
    if (length > PLAINTEXT_BYTES_MAX) {
      throw new IllegalArgumentException(
          "a Noise message carries at most " + PLAINTEXT_BYTES_MAX + " bytes, not " + length);
    }
    if (out.remaining() < length + FRAME_OVERHEAD) {
      throw new IllegalArgumentException(
          "the frame takes " + (length + FRAME_OVERHEAD) + " bytes, not " + out.remaining());
    }
    if (sealed == COUNTER_END) {
      throw new IllegalStateException("all 2^64 - 1 messages of this direction are sent");
    }
    int messageLength = length + Aead.TAG_LENGTH;
    out.put((byte) (messageLength >> 8)).put((byte) messageLength);
    sealing.seal(sealed++, NO_DATA, plaintext, out);
  }

  /**
   * Decrypts one message in place. {@code message} is what {@link #frameLength} found, without its
   * length prefix; afterwards it is the plaintext: the same position, the limit 16 bytes lower.
   *
   * @throws WireException if it doesn't authenticate or the peer's counters are used up: the
   *     connection must close, since nothing after it can be opened
   * @throws IllegalStateException after such a failure
   */
  public void open(ByteBuffer message) throws WireException {
    if (broken) {
      throw new IllegalStateException("nothing is opened after a message that failed");
    }
    broken = true;
    if (opened == COUNTER_END) {
      throw new WireException("the peer sent more than the 2^64 - 1 messages that Noise allows");
    }
    int start = message.position();
    ByteBuffer plaintext = message.duplicate();
    try {
      opening.open(opened, NO_DATA, message, plaintext);
    } catch (WireException e) {
      throw e.at("Noise message " + Long.toUnsignedString(opened) + " of the data phase");
    }
    opened++;
    broken = false;
    message.limit(plaintext.position()).position(start);
  }

  /**
   * The length in bytes of the complete frame at the position of {@code in}, its prefix included,
   * or 0 if what remains ends before the frame does. Moves nothing; of either byte order.
   *
   * @throws WireException if the frame is too short to hold a tag, as soon as its prefix is there
   */
  public static int frameLength(ByteBuffer in) throws WireException {
    if (in.remaining() < PREFIX_LENGTH) {
      return 0;
    }
    int start = in.position();
    int messageLength = ((in.get(start) & 0xff) << 8) | (in.get(start + 1) & 0xff);
    if (messageLength < Aead.TAG_LENGTH) {
      throw new WireException(
          "a Noise message of "
              + messageLength
              + " bytes is too short; its tag alone takes "
              + Aead.TAG_LENGTH);
    }
    int length = PREFIX_LENGTH + messageLength;
    return length <= in.remaining() ? length : 0;
  }
}
