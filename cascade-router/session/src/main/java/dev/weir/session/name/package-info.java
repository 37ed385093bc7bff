/**
 * Canonical JSON and the hashes that name LiveKit rooms and identities, as deployed services and
 * clients compute them. Identifiers come in, names go out. Nothing here ever decides anything.
 */
@NullMarked
package dev.weir.session.name;

import org.jspecify.annotations.NullMarked;
