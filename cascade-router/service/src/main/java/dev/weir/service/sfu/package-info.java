/**
 * Talks to LiveKit nodes: their API, their tokens and their webhooks. Node addresses and keys come
 * in from the configuration, facts about rooms and participants go out. Never decides who may join
 * or where a room belongs, and never lets a key or token into a log line.
 */
@NullMarked
package dev.weir.service.sfu;

import org.jspecify.annotations.NullMarked;
