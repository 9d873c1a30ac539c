/**
 * The sockets of multicast DNS discovery. Datagrams of UDP port 5353 and the machine's interfaces
 * come in; datagrams to the group, and peers for a listener, go out.
 */
@NullMarked
package io.minga.libp2p.mdns.netty;

import org.jspecify.annotations.NullMarked;
