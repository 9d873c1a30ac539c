package io.minga.libp2p.limits;

/** The answer to a connection that asks to be held: a lease or a refusal. */
public sealed interface ConnectionAdmission permits ConnectionLease, Refusal {}
