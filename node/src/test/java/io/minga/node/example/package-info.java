/** Programs: the one that README.md shows, and others. */
@NullMarked
package io.minga.node.example;

import org.jspecify.annotations.NullMarked;
