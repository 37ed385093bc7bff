package dev.weir.service;

/**
 * The process has been asked to stop. Fired while it still listens, and before anything of the
 * framework ends: whoever has clients waiting answers them or sends them away, and returns.
 */
public record Farewell() {}
