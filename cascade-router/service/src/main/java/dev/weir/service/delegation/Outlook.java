package dev.weir.service.delegation;

/**
 * One aspect of a site's state for the admin, in the shape of a Kubernetes condition.
 *
 * @param message what is wrong and what to do about it
 */
public record Outlook(String type, boolean good, String reason, String message) {}
