/**
 * From a token request to an attachment: the one table that says which room, identity and grants a
 * request gets, and what to do when its first choice cannot be had. The request and what is known
 * of both sites come in. Tokens, keys and HTTP never do.
 */
@NullMarked
package dev.weir.session.admission;

import org.jspecify.annotations.NullMarked;
