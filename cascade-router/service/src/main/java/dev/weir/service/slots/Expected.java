package dev.weir.service.slots;

import dev.weir.session.Member;
import dev.weir.session.Role;

/** Whom we gave a token, and as what. */
public record Expected(Member member, Role role) {}
