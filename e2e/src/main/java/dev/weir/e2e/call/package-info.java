/**
 * Real Element Calls in real browsers: a user joins, mutes, leaves and reloads as a person would,
 * and what its client knows of its own connections and media is read. What comes in is a Matrix
 * user and a room. Nothing here asks the servers.
 */
@NullMarked
package dev.weir.e2e.call;

import org.jspecify.annotations.NullMarked;
