package io.minga.libp2p.limits;

/** The answer to a stream that asks to be held: a lease or a refusal. */
public sealed interface StreamAdmission permits StreamLease, Refusal {}
