/**
 * Yamux, {@code /yamux/1.0.0}: many streams over one connection, as a machine that counts bytes and
 * never touches a payload.
 *
 * <p>In come bytes from the connection, the application's wishes for its streams, and time, as
 * {@link io.minga.libp2p.yamux.Yamux.Input}. Out go positions of payload in the very buffer that
 * came in, headers of frames to write, and what became of streams and of the connection, as {@link
 * io.minga.libp2p.yamux.Yamux.Effect}. The owner of a {@link io.minga.libp2p.yamux.YamuxSession}
 * keeps each stream's unsent bytes and performs the effects in order. docs/protocols/yamux.md has
 * the frames, the states and the limits.
 */
@NullMarked
package io.minga.libp2p.yamux;

import org.jspecify.annotations.NullMarked;
