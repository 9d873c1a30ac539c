/**
 * Measures what two peers of this machine do with tasks that cost nothing. In comes how long it may
 * take; out come figures. {@code benchmarks/} uses the same beside its rivals.
 */
@NullMarked
package io.minga.cli.bench;

import org.jspecify.annotations.NullMarked;
