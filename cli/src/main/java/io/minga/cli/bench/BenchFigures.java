package io.minga.cli.bench;

/**
 * What two peers of this machine do with tasks that cost nothing.
 *
 * @param noopTasksPerSecond calls one at a time, {@link Flight#WIDTH} under way
 * @param jobTasksPerSecond tasks of one job
 * @param callP50Micros a call when there is no other: half take no longer
 * @param callP99Micros the same of 99 in 100
 * @param wireBytesPerTask of a job's tasks, results included, both ways together; NaN where the
 *     system doesn't say
 * @param heapBytesPerQueuedTask of a job's tasks, in both peers together
 * @param poolTasksPerSecond the same single calls to a thread pool of this process, without peers
 * @param bareP50Micros a byte to the other process and back, without peers
 */
public record BenchFigures(
    double noopTasksPerSecond,
    double jobTasksPerSecond,
    double callP50Micros,
    double callP99Micros,
    double wireBytesPerTask,
    double heapBytesPerQueuedTask,
    double poolTasksPerSecond,
    double bareP50Micros) {}
