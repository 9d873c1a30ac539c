/** The program that README.md shows. */
@NullMarked
package io.minga.node.example;

import org.jspecify.annotations.NullMarked;
