/**
 * The shell that runs the protocol machines over sockets: Netty channels, one event loop a
 * connection, one for the host's own decisions. Bytes come in from sockets and calls from
 * applications; bytes go out to sockets and events to stream handlers.
 */
@NullMarked
package io.minga.libp2p.netty;

import org.jspecify.annotations.NullMarked;
