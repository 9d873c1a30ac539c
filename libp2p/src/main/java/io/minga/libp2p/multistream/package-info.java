/**
 * Which protocol a connection or stream speaks: multistream-select 1.0.0, for both roles. Bytes of
 * the negotiation come in, bytes to write and the agreed protocol go out; what follows the
 * negotiation is left in the input.
 */
@NullMarked
package io.minga.libp2p.multistream;

import org.jspecify.annotations.NullMarked;
