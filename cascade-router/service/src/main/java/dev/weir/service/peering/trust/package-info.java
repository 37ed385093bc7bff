/**
 * Decides who is at the other end of a peering connection: certificates of our own sites, keys that
 * partners publish, and the judgement of a presented certificate.
 *
 * <p>In come PEM text, presented chains and the well-known documents of partners, all of them
 * untrusted until judged here. Never does this room talk about slots, members or media, and never
 * does it accept a name that a certificate and a pinned key do not both prove.
 */
@NullMarked
package dev.weir.service.peering.trust;

import org.jspecify.annotations.NullMarked;
