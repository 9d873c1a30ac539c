/**
 * Shows on this machine, by processes, what peers promise each other, and measures it.
 *
 * <p>In come the name of a trial and a seed; peers are started as processes of the program that
 * runs this, on the loopback interface, given work, joined, stopped and killed; out go figures,
 * each with the bound that was promised. Nothing is left running.
 */
@NullMarked
package io.minga.cli.trial;

import org.jspecify.annotations.NullMarked;
