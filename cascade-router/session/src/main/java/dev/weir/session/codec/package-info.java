/**
 * Session values as bytes, for maps that replicas share. Values of this module go in and come out
 * equal. No wire format between sites: that is the protocol's.
 */
@NullMarked
package dev.weir.session.codec;

import org.jspecify.annotations.NullMarked;
