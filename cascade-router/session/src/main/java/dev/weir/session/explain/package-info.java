/**
 * A slot in words: who is where and why, which rooms exist and what is relayed into them. The state
 * of a slot and its plan come in, text for people goes out. Tokens and keys never are in it.
 */
@NullMarked
package dev.weir.session.explain;

import org.jspecify.annotations.NullMarked;
