/**
 * What every protocol's wire format is made of: bytes, varints, frames, protobuf fields, and the
 * one exception that decoders throw. Bytes come in, values or a {@link
 * io.minga.libp2p.wire.WireException} go out.
 */
@NullMarked
package io.minga.libp2p.wire;

import org.jspecify.annotations.NullMarked;
