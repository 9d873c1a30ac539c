/**
 * Gossip against real js, go, rust and py peers. In come the executables of the peers from the
 * environment; out goes whether gossip among them and us works.
 */
@NullMarked
package io.minga.gossip.interop;

import org.jspecify.annotations.NullMarked;
