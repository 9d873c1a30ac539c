/** Classes that each break one of the house's rules, so that a rule which has gone deaf is seen. */
@NullMarked
package io.minga.libp2p.offences;

import org.jspecify.annotations.NullMarked;
