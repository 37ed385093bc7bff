/**
 * What operators of the router see and order: the status page, the session listing and explanations
 * for {@code kubectl weir}, and the gRPC service that the operator calls. Questions of people and
 * of the operator come in; nothing of clients or partners does. Never shows a key, token or job.
 */
@NullMarked
package dev.weir.service.admin;

import org.jspecify.annotations.NullMarked;
