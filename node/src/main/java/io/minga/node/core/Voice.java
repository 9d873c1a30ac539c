package io.minga.node.core;

/**
 * What a peer says to all.
 *
 * @param announcer which batches there are, and who has claimed what of them
 * @param reports how it stands
 */
record Voice(Announcer announcer, Reports reports) {}
