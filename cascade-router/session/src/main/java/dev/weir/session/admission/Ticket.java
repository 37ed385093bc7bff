package dev.weir.session.admission;

import dev.weir.session.Role;
import dev.weir.session.Room;

/** What a token is to be minted for. */
public record Ticket(Role role, Room room, String identity, boolean mayPublish) {}
