package dev.weir.session.slot;

import dev.weir.session.Attachment;
import dev.weir.session.Client;
import dev.weir.session.Role;
import dev.weir.session.Site;
import dev.weir.session.view.MemberRecord;
import dev.weir.session.view.SiteDirectory;
import dev.weir.session.view.Version;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What our attachments say about a client. One attachment speaks for it: a publishing one before a
 * silent one and the newest of those; among silent ones its own focus before a foreign one, because
 * clients that fell back to the legacy endpoint at a foreign focus stay silent there.
 */
final class OwnRecords {
  private static final Comparator<Attachment> SPEAKS_FIRST =
      Comparator.comparing(Attachment::publishes)
          .reversed()
          .thenComparing(a -> !a.publishes() && a.role() == Role.GUEST)
          .thenComparing(Comparator.comparing(Attachment::joinedAt).reversed())
          .thenComparing(Attachment::key);

  private OwnRecords() {}

  /** The record of a client, without a version; empty if no record is due. */
  static Optional<MemberRecord> of(
      Site self,
      Client client,
      List<Attachment> attachments,
      ClientFacts facts,
      SiteDirectory sites) {
    List<Attachment> sources =
        attachments.stream().filter(OwnRecords::canSpeak).sorted(SPEAKS_FIRST).toList();
    if (sources.isEmpty()) {
      return Optional.empty();
    }
    Attachment first = sources.getFirst();
    boolean hosted = !first.role().atHome();
    List<String> identities =
        first.publishes()
            ? sources.stream()
                .filter(a -> a.publishes() && sameSpot(a, first))
                .map(Attachment::identity)
                .limit(4)
                .toList()
            : List.of(first.identity());
    Site home = hosted ? sites.siteOf(first.member().server()).orElse(foreign(client)) : self;
    return Optional.of(
        new MemberRecord(
            first.member(),
            identities,
            home,
            first.focus(),
            first.node(),
            first.publishes(),
            Suspicion.isLegacy(facts, attachments),
            false,
            hosted,
            Version.NONE));
  }

  private static boolean canSpeak(Attachment attachment) {
    return switch (attachment.role()) {
      case OWN, GUEST -> true;
      // Most of these may only subscribe; one that publishes has shown that it may.
      case DIRECT, RESTRICTED -> attachment.publishes();
      case VIEW -> false;
    };
  }

  private static boolean sameSpot(Attachment a, Attachment b) {
    return a.room().equals(b.room()) && a.node().equals(b.node());
  }

  private static Site foreign(Client client) {
    return new Site(client.user().substring(client.user().indexOf(':') + 1));
  }
}
