package io.minga.simulations.rig;

/**
 * A line of the table of faults.
 *
 * @param name what it is called at the command
 * @param what the fault, in words
 * @param expected what should come of it, in words
 */
public record FaultLine(String name, String what, String expected) {}
