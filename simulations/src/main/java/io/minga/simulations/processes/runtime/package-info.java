/**
 * Plans carried out by real peers, a process each, beside the same plans in virtual time.
 *
 * <p>In comes a scenario; out goes how long it took. Tasks are naps, so that more of them run at
 * once than there are cores. Whatever is started here ends here.
 */
@NullMarked
package io.minga.simulations.processes.runtime;

import org.jspecify.annotations.NullMarked;
