/**
 * Which node holds which room. Reports of nodes, what was placed lately and where a room already is
 * come in; a node, a second node or "nowhere" goes out. The nodes' own lists are the truth about
 * what exists; nothing here ever moves anybody.
 */
@NullMarked
package dev.weir.session.placement;

import org.jspecify.annotations.NullMarked;
