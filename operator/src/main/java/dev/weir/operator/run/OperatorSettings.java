package dev.weir.operator.run;

import java.time.Duration;

/**
 * What the chart tells the operator.
 *
 * @param livekitRepository image repository for {@code spec.version}
 * @param webhookUrl where LiveKit nodes report to
 * @param routerNamespace where routers and gates run
 * @param poll how often routers are asked about each object
 * @param statusEvery how often moving numbers are written at most
 */
public record OperatorSettings(
    String livekitRepository,
    String webhookUrl,
    String routerNamespace,
    Duration poll,
    Duration statusEvery) {}
