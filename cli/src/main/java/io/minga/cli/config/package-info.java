/**
 * Where options come from when they aren't given: the environment, a file, what they are by
 * default. Names of options and a file's text come in; values, and whence they are, go out.
 */
@NullMarked
package io.minga.cli.config;

import org.jspecify.annotations.NullMarked;
