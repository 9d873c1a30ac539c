/**
 * The jar of handlers that the fault rig's peers are given. It is outside our own packages, as
 * everybody's handlers are: what is in those, a peer takes from itself.
 */
@NullMarked
package rig.handlers;

import org.jspecify.annotations.NullMarked;
