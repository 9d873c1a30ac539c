/**
 * libp2p's multicast DNS discovery: who else is on this link. DNS messages with where they came
 * from, the machine's interfaces, our listen addresses and the time come in; DNS messages to send
 * on an interface, and peers with their addresses, which are hints and no more, go out.
 */
@NullMarked
package io.minga.libp2p.mdns;

import org.jspecify.annotations.NullMarked;
