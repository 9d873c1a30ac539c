/**
 * The threads, programs and jars behind functions: slots that run handlers, commands, and the
 * registry of what this peer offers.
 *
 * <p>In come runs and registrations; out go slot events, from the slots' own threads.
 */
@NullMarked
package io.minga.node.handlers.runtime;

import org.jspecify.annotations.NullMarked;
