/**
 * The secure channel {@code /noise}: Noise_XX_25519_ChaChaPoly_SHA256 with libp2p's payloads. Bytes
 * of the handshake come in, bytes to write and a proven peer with two cipher states go out; then
 * the cipher states seal and open the messages of the data phase, and the shell moves them.
 */
@NullMarked
package io.minga.libp2p.noise;

import org.jspecify.annotations.NullMarked;
