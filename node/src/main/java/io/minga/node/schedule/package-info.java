/**
 * Who takes which task, and what runs next: values, tables and machines without I/O.
 *
 * <p>In come run times, load reports, jobs, offers and tasks that this peer holds; out go shares of
 * a job for each peer, offers of tasks to others, answers to theirs, and the task to run next.
 * Times are nanoseconds; a finish time counts from now. docs/protocols/balance.md has the rules.
 */
@NullMarked
package io.minga.node.schedule;

import org.jspecify.annotations.NullMarked;
