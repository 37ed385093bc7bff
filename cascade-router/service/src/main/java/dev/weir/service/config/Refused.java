package dev.weir.service.config;

/** A resource that the router cannot work with, and why, in the words of the admin who fixes it. */
public record Refused(String kind, ResourceId id, long generation, String problem) {}
