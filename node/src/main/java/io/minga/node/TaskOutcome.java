package io.minga.node;

import org.jspecify.annotations.Nullable;

/**
 * How one task of a job ended.
 *
 * @param index which, of the job's arguments, from 0
 * @param value the result, if it did not fail
 * @param failure why it failed, or null
 */
public record TaskOutcome<R>(
    long index, @Nullable R value, @Nullable TaskFailedException failure) {}
