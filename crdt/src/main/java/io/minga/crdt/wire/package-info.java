/**
 * The values that claims are made of and their bytes: identifiers, digests, and the one encoding
 * that a message has.
 *
 * <p>In come bytes of peers, out go values or a {@link io.minga.crdt.wire.MalformedException} that
 * says what was wrong and where. Readers are strict: a message has exactly one encoding, and every
 * other one is refused.
 */
@NullMarked
package io.minga.crdt.wire;

import org.jspecify.annotations.NullMarked;
