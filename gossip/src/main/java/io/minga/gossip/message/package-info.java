/**
 * Messages of gossipsub: what a peer says to all that subscribe to a topic, signed by its author.
 *
 * <p>In come a topic and data, and an author's key; out goes a signed {@link
 * io.minga.gossip.message.Message}. Or a message comes in and {@link
 * io.minga.gossip.message.StrictSign} says what is wrong with it.
 */
@NullMarked
package io.minga.gossip.message;

import org.jspecify.annotations.NullMarked;
