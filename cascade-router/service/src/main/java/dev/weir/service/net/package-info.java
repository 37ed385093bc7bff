/**
 * How the router reaches addresses that strangers name: DNS, the address guard and small HTTPS
 * fetches. Host names and URLs from clients, peers and well-known documents come in; nothing here
 * connects to an address that the guard has not seen after DNS. Never knows what a fetched document
 * means.
 */
@NullMarked
package dev.weir.service.net;

import org.jspecify.annotations.NullMarked;
