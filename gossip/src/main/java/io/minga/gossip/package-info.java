/**
 * Gossipsub as an application sees it: {@link io.minga.gossip.Gossip}, which says to all peers of a
 * topic what one of them publishes. Topics, data and verdicts on messages come in; messages of
 * other peers go out, each once. Start it on a host with {@link
 * io.minga.gossip.netty.NettyGossip#start}.
 */
@NullMarked
package io.minga.gossip;

import org.jspecify.annotations.NullMarked;
