/**
 * Programs to begin with, each whole in one file: {@link io.minga.examples.MonteCarloPi} spreads
 * one large piece of work, {@link io.minga.examples.Fibonacci} calls itself, and {@link
 * io.minga.examples.HashFiles} works on data of yours.
 *
 * <p>Each starts a few peers in one process; on many machines, {@code LocalNetwork.start(4)}
 * becomes {@code Peer.start(PeerOptions.forNetwork("mine").withMdns())} on each of them.
 */
@NullMarked
package io.minga.examples;

import org.jspecify.annotations.NullMarked;
