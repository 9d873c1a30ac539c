package io.minga.crdt.claims;

import org.jspecify.annotations.Nullable;

/**
 * What this peer said of its own tasks.
 *
 * @param delta what to tell the others; null if nothing changed
 * @param changes what changed here
 */
public record Claimed(@Nullable ClaimDelta delta, Changes changes) {}
