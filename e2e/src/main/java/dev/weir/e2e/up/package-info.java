/**
 * `./weir up`: shows a person a call between sites on one machine, and cleans up behind it. What
 * comes in are the options of the command; what is printed is for people, so it holds no secret.
 */
@NullMarked
package dev.weir.e2e.up;

import org.jspecify.annotations.NullMarked;
