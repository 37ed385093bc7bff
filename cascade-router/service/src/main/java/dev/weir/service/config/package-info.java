/**
 * What the admin says: sites, pools, nodes, partners and keys, as one immutable snapshot that is
 * replaced when the admin changes something. Resources, Secrets and environment variables come in;
 * every problem in them is reported at once and in the admin's words. Nothing here talks to a node,
 * a homeserver or a partner, and no secret is ever printed.
 */
@NullMarked
package dev.weir.service.config;

import org.jspecify.annotations.NullMarked;
