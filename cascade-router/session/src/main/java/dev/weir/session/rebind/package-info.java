/**
 * When an annex' clients are better served by the focus itself, and when they come back. In come
 * looks at the legs of an annex, and times; out comes where its clients belong. Nothing here knows
 * a client, and nothing decides whose media goes where.
 */
@NullMarked
package dev.weir.session.rebind;

import org.jspecify.annotations.NullMarked;
