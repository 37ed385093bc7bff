/**
 * What clients compute from membership events: who is in a slot, who is the oldest, which focus
 * each member uses. Events of any shape come in, junk too; junk is dropped and harms nobody but its
 * sender. Nothing here decides where anybody is attached.
 */
@NullMarked
package dev.weir.session.converge;

import org.jspecify.annotations.NullMarked;
