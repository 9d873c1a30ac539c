/**
 * What a peer writes down so that durable work outlives it: entries, their bytes and checksums, and
 * the state that they replay to.
 *
 * <p>In come entries, from the core that makes them or from rows that were read; out go rows, and
 * what is known of jobs. docs/protocols/journal.md has the formats and the states.
 */
@NullMarked
package io.minga.node.journal;

import org.jspecify.annotations.NullMarked;
