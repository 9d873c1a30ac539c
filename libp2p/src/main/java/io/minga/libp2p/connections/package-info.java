/**
 * Which connections the host keeps and which it makes. Connections opened and closed, requests to
 * dial, results of dials and the time come in; connections to close, dials to start and one result
 * for each request go out.
 */
@NullMarked
package io.minga.libp2p.connections;

import org.jspecify.annotations.NullMarked;
