package io.minga.node.core;

import io.minga.libp2p.identity.PeerId;
import java.util.random.RandomGenerator;

/**
 * What all parts of one core stand on.
 *
 * @param self whose core it is
 * @param options what it was told
 * @param random what it draws lots by
 * @param turn what is to be done at the end of this turn
 */
record Ground(PeerId self, NodeOptions options, RandomGenerator random, Turn turn) {}
