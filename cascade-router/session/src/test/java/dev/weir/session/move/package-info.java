/** Tests of moves: tables of single steps, and random schedules with faults. */
@NullMarked
package dev.weir.session.move;

import org.jspecify.annotations.NullMarked;
