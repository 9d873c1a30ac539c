/**
 * How things look on a terminal: tables, progress, times and counts. Values come in, text goes out.
 */
@NullMarked
package io.minga.cli.text;

import org.jspecify.annotations.NullMarked;
