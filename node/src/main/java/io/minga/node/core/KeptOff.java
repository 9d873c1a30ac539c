package io.minga.node.core;

import io.minga.libp2p.identity.PeerId;
import io.minga.node.task.FunctionName;

/**
 * A peer that gets no tasks of a function from here, since it fails what others don't.
 *
 * @param forNanos for how long still; 0 while one task is there to try
 */
public record KeptOff(PeerId peer, FunctionName function, long forNanos) {}
