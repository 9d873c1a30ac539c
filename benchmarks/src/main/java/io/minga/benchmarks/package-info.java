/**
 * What all benchmarks share. In go numbers that contenders measured, each in processes of its own;
 * out come comparisons, one line of JSON each.
 */
@NullMarked
package io.minga.benchmarks;

import org.jspecify.annotations.NullMarked;
