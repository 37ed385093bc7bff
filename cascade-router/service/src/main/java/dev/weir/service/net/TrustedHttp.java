package dev.weir.service.net;

/** Reaches hosts that the admin named, wherever they are: in a private network above all. */
public record TrustedHttp(GuardedHttp http) {}
