package io.minga.crdt.claims;

import io.minga.crdt.wire.Id;

/**
 * Which tasks of a batch changed hands, as this peer sees it. A task is in at most one of {@code
 * gained}, {@code taken}, {@code freed}, {@code done} and {@code settled}; one in {@code lost} is
 * also in the set that says what became of it.
 *
 * @param changed all whose register rose
 * @param gained this peer has them now, and had not
 * @param lost this peer had them: drop those that haven't started; one that runs may finish
 * @param taken another peer has them now
 * @param freed given up: whoever claims them has them
 * @param done some peer has a result now
 * @param settled over: whatever is known of them may be dropped
 * @param jumps how many rose further than one hand-over explains. After this peer was cut off that
 *     is what catching up looks like; from one peer, again and again, it is not
 * @param jumpMax how many epochs too far the furthest of them rose
 */
public record Changes(
    Id batch,
    IndexSet changed,
    IndexSet gained,
    IndexSet lost,
    IndexSet taken,
    IndexSet freed,
    IndexSet done,
    IndexSet settled,
    int jumps,
    int jumpMax) {}
