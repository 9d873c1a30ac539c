package io.minga.node.core;

/**
 * Whom it concerns that another peer comes, says how it stands, or goes.
 *
 * @param owner what is held here for it
 * @param handing what of this peer's own is with it
 * @param moves what it has offered, or was offered
 * @param safekeeping what either keeps for the other
 * @param comparing what is compared with it
 */
record Concerned(
    Owner owner, Handing handing, Moves moves, Safekeeping safekeeping, Comparing comparing) {}
