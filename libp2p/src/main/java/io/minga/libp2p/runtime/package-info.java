/**
 * What the pure packages ask of the machine: random bytes. Ports come in, their implementations go
 * out.
 */
@NullMarked
package io.minga.libp2p.runtime;

import org.jspecify.annotations.NullMarked;
