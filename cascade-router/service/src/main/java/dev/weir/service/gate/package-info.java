/**
 * The signalling gate: clients' LiveKit WebSockets end here and are carried to whatever place their
 * room has at the moment. In come handshakes of strangers (verified before anything else happens),
 * bytes of verified clients (never read), and a few messages of our own nodes (leave and refresh
 * token). Media, Matrix tokens and API keys that a client could see never pass through.
 */
@NullMarked
package dev.weir.service.gate;

import org.jspecify.annotations.NullMarked;
