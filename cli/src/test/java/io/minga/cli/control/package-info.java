/** Tests of the package. */
@NullMarked
package io.minga.cli.control;

import org.jspecify.annotations.NullMarked;
