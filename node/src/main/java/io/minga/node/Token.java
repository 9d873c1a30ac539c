package io.minga.node;

import io.minga.libp2p.identity.PeerId;
import io.minga.node.task.TaskRef;

/**
 * A fencing token: by it what a task works on can refuse a peer that has the task no more, and does
 * not know that yet since it stood still. Whoever stores something with the task's epoch and
 * refuses an earlier one is never written by two in turns.
 *
 * @param task which task, the same each time that it is run
 * @param epoch from 1; later than that of any peer that ran the task before, if it is exclusive
 * @param owner the peer that runs it
 */
public record Token(TaskRef task, int epoch, PeerId owner) {}
