package dev.weir.service.gate;

/** One LiveKit room of one site: the unit that has a place and that moves. */
public record RoomKey(String site, String room) {}
