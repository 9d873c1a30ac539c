/**
 * Other ways of sharing work, over the same plans, for comparison: simple peers that know more than
 * real ones could, so that what is compared is who takes what and nothing else.
 *
 * <p>In go plans; out come figures.
 */
@NullMarked
package io.minga.simulations.policies;

import org.jspecify.annotations.NullMarked;
