/** A class of a lower module's name that climbs into a neighbour. */
@NullMarked
package io.minga.crdt;

import org.jspecify.annotations.NullMarked;
