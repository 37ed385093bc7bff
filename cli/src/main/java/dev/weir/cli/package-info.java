/**
 * {@code kubectl weir}: what is going on at a site, and the few things that an admin tells Weir to
 * do, in one source file that {@code java} runs as it is.
 *
 * <p>In come the command line and what {@code kubectl} prints; access and permissions are kubectl's
 * own.
 *
 * <p>Nothing here decides anything about calls, and no library is needed.
 */
@NullMarked
package dev.weir.cli;

import org.jspecify.annotations.NullMarked;
