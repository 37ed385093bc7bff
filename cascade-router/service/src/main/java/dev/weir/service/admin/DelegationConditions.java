package dev.weir.service.admin;

import dev.weir.admin.v1.Condition;
import dev.weir.service.delegation.Delegations;
import dev.weir.session.Site;
import jakarta.inject.Singleton;
import java.util.List;

/** How delegation goes at a site, for the status of its Homeserver. */
@Singleton
final class DelegationConditions implements SiteConditions {
  private final Delegations delegations;

  DelegationConditions(Delegations delegations) {
    this.delegations = delegations;
  }

  @Override
  public List<Condition> of(Site ours) {
    return delegations.outlooks(ours.name()).stream()
        .map(
            outlook ->
                Condition.newBuilder()
                    .setType(outlook.type())
                    .setStatus(outlook.good() ? Condition.Status.TRUE : Condition.Status.FALSE)
                    .setReason(outlook.reason())
                    .setMessage(outlook.message())
                    .build())
        .toList();
  }
}
