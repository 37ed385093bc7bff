/**
 * Proves who a client is: resolves a Matrix server name and asks that server whom an OpenID token
 * belongs to. Tokens and server names of strangers come in, a verdict goes out. Never logs a token,
 * and never tells a client which check failed.
 */
@NullMarked
package dev.weir.service.openid;

import org.jspecify.annotations.NullMarked;
