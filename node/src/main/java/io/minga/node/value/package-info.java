/**
 * Values and their bytes: what the callers of functions give and get, as it goes over the wire.
 *
 * <p>In come the types of a function, once, when it is registered, and from then on values and
 * bytes; out go bytes and values, or an error that names the function, what was expected and what
 * came instead. Nothing on the wire chooses a type. The format is CBOR (RFC 8949) in its
 * deterministic form, so that equal values have equal bytes and so the same task.
 */
@NullMarked
package io.minga.node.value;

import org.jspecify.annotations.NullMarked;
