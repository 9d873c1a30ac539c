/** Tests of the package. */
@NullMarked
package io.minga.cli.text;

import org.jspecify.annotations.NullMarked;
