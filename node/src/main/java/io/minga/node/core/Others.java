package io.minga.node.core;

import io.minga.node.schedule.Estimates;
import io.minga.node.schedule.Loads;

/**
 * What a peer knows of all others.
 *
 * @param membership who is there, and who can be spoken with
 * @param loads how much each has to do
 * @param estimates how long functions take there, and here
 */
record Others(Membership membership, Loads loads, Estimates estimates) {}
