package dev.weir.service;

import io.quarkus.runtime.QuarkusApplication;

/**
 * A start that ends as soon as everything is up. The JDK records it, and later starts load what it
 * has recorded instead of finding and verifying fifteen thousand classes anew.
 */
public final class Rehearsal implements QuarkusApplication {
  static final String PROPERTY = "weir.rehearsal";

  @Override
  public int run(String... arguments) {
    return 0;
  }
}
