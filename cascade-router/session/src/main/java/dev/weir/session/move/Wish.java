package dev.weir.session.move;

/**
 * A room that somebody wants to have moved.
 *
 * @param people how many are in it, for the order of moves: small rooms first
 */
public record Wish(String site, String room, String from, Cause cause, int people) {}
