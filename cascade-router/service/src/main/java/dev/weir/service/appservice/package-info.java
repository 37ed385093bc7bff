/**
 * The router as an application service of its sites' own homeservers: token requests that a
 * homeserver has authenticated and passed on, events that say who left a room, and our questions
 * about membership. Only what came with the homeserver's token comes in; its users are believed to
 * be whom it says they are, and nobody else's. HTTP is spoken elsewhere, and rooms and tokens are
 * made by the token desk.
 */
@NullMarked
package dev.weir.service.appservice;

import org.jspecify.annotations.NullMarked;
