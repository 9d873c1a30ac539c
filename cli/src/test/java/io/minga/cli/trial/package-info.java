/** Tests of the package. */
@NullMarked
package io.minga.cli.trial;

import org.jspecify.annotations.NullMarked;
