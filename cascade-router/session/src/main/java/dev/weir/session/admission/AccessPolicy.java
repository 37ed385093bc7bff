package dev.weir.session.admission;

/**
 * What a site allows to users of sites without an agreement.
 *
 * @param restrictedSubscribe they may watch ({@code access.restricted: Subscribe})
 * @param unpeeredPublish they may publish too, as the old service let them
 */
public record AccessPolicy(boolean restrictedSubscribe, boolean unpeeredPublish) {
  public static final AccessPolicy DEFAULT = new AccessPolicy(true, false);
}
