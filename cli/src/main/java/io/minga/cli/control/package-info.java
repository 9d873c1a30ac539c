/**
 * How commands talk to the peer of a data directory: requests and answers as lines of JSON over a
 * Unix domain socket.
 *
 * <p>In come lines of other processes of the same user, which may be anything, and what a running
 * peer says of itself; out go answers, each with its request's number, in whatever order they are
 * ready. {@link io.minga.cli.control.Daemon} is both ends: what the server asks, and what a client
 * is.
 */
@NullMarked
package io.minga.cli.control;

import org.jspecify.annotations.NullMarked;
