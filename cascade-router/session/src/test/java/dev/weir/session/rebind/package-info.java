/** Tests of when an annex' clients are sent away and called back. */
@org.jspecify.annotations.NullMarked
package dev.weir.session.rebind;
