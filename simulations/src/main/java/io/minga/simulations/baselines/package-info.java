/**
 * Simple ways to share work, to be measured against: no node core runs here, only their rules, over
 * virtual time.
 *
 * <p>In go plans; out come the moments at which each burst was over, and how things stood
 * meanwhile. All of them know every function's mean and every peer's speed, and lose nothing when a
 * peer goes: where they are slow, it is their rule.
 */
@NullMarked
package io.minga.simulations.baselines;

import org.jspecify.annotations.NullMarked;
