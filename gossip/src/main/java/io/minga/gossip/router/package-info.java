/**
 * Gossipsub v1.2 as one machine without I/O: {@link io.minga.gossip.router.GossipRouter}.
 *
 * <p>In come RPCs from peers, the application's wishes, verdicts on messages, and time, as {@link
 * io.minga.gossip.router.Gossipsub.Input}. Out go RPCs to peers, messages to validate and to
 * deliver, and peers to connect to, as {@link io.minga.gossip.router.Gossipsub.Effect}.
 * docs/protocols/gossipsub.md has the rules, the states and the limits.
 */
@NullMarked
package io.minga.gossip.router;

import org.jspecify.annotations.NullMarked;
