/**
 * The fault rig: real peers as processes, a relay between them, and what is done to both.
 *
 * <p>In come faults and seeds; out go findings. Whatever is started here ends here.
 */
@NullMarked
package io.minga.simulations.rig.runtime;

import org.jspecify.annotations.NullMarked;
