/**
 * The session view: versioned records that each have one writer, merged so that sites which saw the
 * same records are equal, whatever got lost, doubled or reordered. Records, snapshots and hints of
 * named sites come in, checked against what that site may say. No attachment of our own, no plan
 * and no clock ever comes in.
 */
@NullMarked
package dev.weir.session.view;

import org.jspecify.annotations.NullMarked;
