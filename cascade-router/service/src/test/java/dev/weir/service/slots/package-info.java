/**
 * Tests of the shared live state, with a real grid in the process and nodes that are told what to
 * say.
 */
@NullMarked
package dev.weir.service.slots;

import org.jspecify.annotations.NullMarked;
