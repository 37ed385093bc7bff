/**
 * From a token request to an answer: who asks is proven, the session core's table decides, the room
 * is placed and made, a token is minted. Parsed requests come in, answers with a URL and a token or
 * a typed refusal go out; peers and delegated leaves are reached through the ports here. HTTP, JSON
 * and media never come here, and no token is ever logged.
 */
@NullMarked
package dev.weir.service.token;

import org.jspecify.annotations.NullMarked;
