/**
 * The journal on disk: an SQLite database with one writer that commits what waits together.
 *
 * <p>In come entries; out goes word of what is committed, and, when a peer starts again, what it
 * had. Nothing here is loaded before a peer has durable work.
 */
@NullMarked
package io.minga.node.journal.store;

import org.jspecify.annotations.NullMarked;
