/** Tests of gossip's benchmarks: that they run, not what they find. */
@NullMarked
package io.minga.benchmarks.gossip;

import org.jspecify.annotations.NullMarked;
