/**
 * Gossip's figures over loopback, each contender in processes of its own. In comes the class path
 * that the processes start with; out come comparisons with js-libp2p's gossipsub.
 */
@NullMarked
package io.minga.benchmarks.gossip;

import org.jspecify.annotations.NullMarked;
