/**
 * What a run of the node's simulator is to go through: machines, work, ways between them and what
 * happens to these; and what an oracle would make of it.
 *
 * <p>In goes a seed; out come plans, which are values, and the time at which a central queue
 * without delays would be done with them.
 */
@NullMarked
package io.minga.simulations.plan;

import org.jspecify.annotations.NullMarked;
