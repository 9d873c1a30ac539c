/**
 * The host's figures over loopback, each contender in a server process and a client process. In
 * comes the class path that the processes start with; out come comparisons with raw Netty and with
 * js-libp2p.
 */
@NullMarked
package io.minga.benchmarks.host;

import org.jspecify.annotations.NullMarked;
