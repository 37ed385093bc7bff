/**
 * Programs outside the JVM: starting them, knowing when they are ready, showing why they ended, and
 * ending them all. What comes in is a command line and a place for its log. Nothing here knows what
 * the programs are for.
 */
@NullMarked
package dev.weir.e2e.process;

import org.jspecify.annotations.NullMarked;
