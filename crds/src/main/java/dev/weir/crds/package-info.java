/**
 * The three kinds of {@code weir.dev}: what an admin writes about a site, its media servers and its
 * partners, and what Weir reports back.
 *
 * <p>In come Kubernetes objects or the same YAML from files; both are read into the same immutable
 * records, with the schema's defaults filled in.
 *
 * <p>No behaviour of the operator or of the router lives here, and nothing here talks to a server.
 */
@NullMarked
package dev.weir.crds;

import org.jspecify.annotations.NullMarked;
