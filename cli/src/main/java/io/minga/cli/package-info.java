/**
 * The {@code minga} command: arguments come in, lines for people or programs and an exit code go
 * out.
 */
@NullMarked
package io.minga.cli;

import org.jspecify.annotations.NullMarked;
