/**
 * The host as a process among real libp2p peers of other languages, and the matrix that runs them.
 */
@NullMarked
package io.minga.libp2p.interop;

import org.jspecify.annotations.NullMarked;
