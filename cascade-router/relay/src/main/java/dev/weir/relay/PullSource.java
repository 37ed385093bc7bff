package dev.weir.relay;

import java.util.concurrent.CompletionStage;

/**
 * Brings the grant that lets a leg pull. Asked anew for every (re)join; may fail, and is then asked
 * again later.
 */
@FunctionalInterface
public interface PullSource {
  CompletionStage<PullGrant> grant();
}
