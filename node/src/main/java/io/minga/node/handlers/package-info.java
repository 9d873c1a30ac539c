/**
 * What peers offer and how it is called: handlers, their failures, and the words in which a slot is
 * told to run something and answers.
 *
 * <p>In come a handler's results and whatever it throws; out go outcomes with their texts cut to
 * what may travel. A jar of handlers needs this package and names nothing else of ours.
 *
 * <p>{@link io.minga.node.handlers.Outcome} is what a slot says to its own peer: bytes of any size,
 * and reasons that only the peer that ran a task can tell apart. {@link io.minga.node.task.Outcome}
 * is what peers say to each other: bytes or a CID, and reasons that are numbers of the protocol,
 * which older peers know too. {@code runtime.SlotRuns} turns the one into the other, at one place,
 * so that neither a handler's author nor a slot depends on the wire.
 */
@NullMarked
package io.minga.node.handlers;

import org.jspecify.annotations.NullMarked;
