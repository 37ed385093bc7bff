package dev.weir.session.name;

import dev.weir.session.Member;
import dev.weir.session.Role;
import java.util.LinkedHashSet;
import java.util.SequencedSet;

/** LiveKit identities of members. */
public final class Identities {
  private static final String VIEW_PREFIX = "view:";

  private Identities() {}

  /** The identity of a member in a role; a viewer never gets one that a publisher could have. */
  public static String of(Member member, Scheme scheme, Role role) {
    String identity = of(member, scheme);
    return role == Role.VIEW ? VIEW_PREFIX + identity : identity;
  }

  public static String of(Member member, Scheme scheme) {
    return switch (scheme) {
      case USER_DEVICE -> member.user() + ":" + member.client().device();
      case THREE_TUPLE -> Hashes.of(member.user(), member.device(), member.memberId());
      case TWO_TUPLE -> Hashes.of(member.user(), member.memberId());
    };
  }

  /** Every identity under which a publisher may be attached. */
  public static SequencedSet<String> ofPublisher(Member member) {
    SequencedSet<String> all = new LinkedHashSet<>();
    String userDevice = of(member, Scheme.USER_DEVICE);
    all.add(userDevice);
    // Clients of legacy membership events say "user:device" where the new endpoint wants an id.
    Member named =
        member.memberId().isEmpty()
            ? new Member(member.user(), member.device(), userDevice)
            : member;
    all.add(of(named, Scheme.THREE_TUPLE));
    all.add(of(named, Scheme.TWO_TUPLE));
    return all;
  }

  /** Whether a publisher's identity is really this member's: nobody may name somebody else's. */
  public static boolean isOf(Member member, String identity) {
    return identity.equals(of(member, Scheme.USER_DEVICE))
        || ofPublisher(member).contains(identity);
  }
}
