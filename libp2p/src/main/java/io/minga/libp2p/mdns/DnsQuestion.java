package io.minga.libp2p.mdns;

/**
 * A question of class IN.
 *
 * @param name about whom, in lower case without a dot at its end
 * @param type the type of record that is wanted; {@link DnsType#ANY} for all
 * @param unicast whether the asker wants the answer for itself alone (RFC 6762, 5.4)
 */
public record DnsQuestion(String name, int type, boolean unicast) {}
