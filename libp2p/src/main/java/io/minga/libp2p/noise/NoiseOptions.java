package io.minga.libp2p.noise;

import java.time.Duration;

/**
 * The limits of one handshake.
 *
 * @param handshakeTimeout from {@code Opened} to the end of the handshake
 * @param payloadBytesMax the longest payload of a handshake message, decrypted; identity key,
 *     signature and muxers of a peer with an RSA key of 8192 bits take about 2.3 KiB
 * @param muxersMax how many muxers a peer may advertise
 */
public record NoiseOptions(Duration handshakeTimeout, int payloadBytesMax, int muxersMax) {
  /** Five seconds, 4 KiB, 100 muxers. */
  public static final NoiseOptions DEFAULT = new NoiseOptions(Duration.ofSeconds(5), 4096, 100);

  /** Requires every limit to be positive, and a payload to fit into a message. */
  public NoiseOptions {
    if (handshakeTimeout.isNegative() || handshakeTimeout.isZero()) {
      throw new IllegalArgumentException("handshakeTimeout must be positive: " + handshakeTimeout);
    }
    if (payloadBytesMax < 1 || payloadBytesMax > 0xffff - XxHandshake.OVERHEAD_MAX) {
      throw new IllegalArgumentException(
          "payloadBytesMax must be from 1 to "
              + (0xffff - XxHandshake.OVERHEAD_MAX)
              + ": "
              + payloadBytesMax);
    }
    if (muxersMax < 1) {
      throw new IllegalArgumentException("muxersMax must be at least 1: " + muxersMax);
    }
  }
}
