package io.minga.node.schedule;

import io.minga.libp2p.identity.PeerId;

/**
 * Who should take a batch.
 *
 * @param busyNanos for how long the batch keeps that peer busy; {@link Loads#handedBack} takes it
 *     if the peer doesn't
 */
public record Hint(PeerId peer, long busyNanos) {}
