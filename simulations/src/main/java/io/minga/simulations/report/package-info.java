/**
 * What came of runs, as one page without a network: in go figures, out comes HTML.
 */
@NullMarked
package io.minga.simulations.report;

import org.jspecify.annotations.NullMarked;
