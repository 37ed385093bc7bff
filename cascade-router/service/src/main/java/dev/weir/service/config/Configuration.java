package dev.weir.service.config;

import java.util.function.Consumer;

/** Where the rest of the router reads what is configured. */
public interface Configuration {
  Sites current();

  /** Calls the listener now, and again after each change that can be used. */
  void onChange(Consumer<Sites> listener);
}
