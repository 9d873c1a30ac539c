/** The program that README.md shows. */
@NullMarked
package io.minga.libp2p.example;

import org.jspecify.annotations.NullMarked;
