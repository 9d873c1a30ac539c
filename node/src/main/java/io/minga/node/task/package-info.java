/**
 * Tasks, batches and what peers say of them: values that validate, and their encodings.
 *
 * <p>In come bytes of peers and wishes of callers; out go records, or an error that says what is
 * wrong. Identity is the hash of the bytes as received: nobody encodes anew what another wrote.
 */
@NullMarked
package io.minga.node.task;

import org.jspecify.annotations.NullMarked;
