/**
 * What peers offer and how it is called: handlers, their failures, and the words in which a slot is
 * told to run something and answers.
 *
 * <p>In come a handler's results and whatever it throws; out go outcomes with their texts cut to
 * what may travel. A jar of handlers needs this package and names nothing else of ours.
 */
@NullMarked
package io.minga.node.handlers;

import org.jspecify.annotations.NullMarked;
