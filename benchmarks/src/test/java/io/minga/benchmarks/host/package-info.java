/** Tests of the host's benchmarks: that they run, not what they find. */
@NullMarked
package io.minga.benchmarks.host;

import org.jspecify.annotations.NullMarked;
