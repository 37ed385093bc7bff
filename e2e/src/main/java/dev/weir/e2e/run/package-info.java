/**
 * One run: sites, people in a call, and everything that a run leaves behind, which is nothing. What
 * comes in is a toolbox and how many sites and people are wanted; `./weir up` and the tests start
 * from here.
 */
@NullMarked
package dev.weir.e2e.run;

import org.jspecify.annotations.NullMarked;
