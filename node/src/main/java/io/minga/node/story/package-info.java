/**
 * What became of single tasks, for people and programs that ask.
 *
 * <p>In come the names that people type; out go records of tasks and of what happened to them. The
 * core, which knows, makes these records; nothing here decides anything.
 */
@NullMarked
package io.minga.node.story;

import org.jspecify.annotations.NullMarked;
