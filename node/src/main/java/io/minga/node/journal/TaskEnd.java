package io.minga.node.journal;

import io.minga.node.task.Outcome;

/**
 * How a task of a durable job ended.
 *
 * @param index which, of the job's tasks, from 0
 * @param runMicros how long it ran
 */
public record TaskEnd(long index, Outcome outcome, long runMicros) {}
