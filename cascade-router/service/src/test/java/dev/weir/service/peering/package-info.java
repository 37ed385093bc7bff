/** Two and more deployments under test, on real sockets, with recorders behind them. */
@NullMarked
package dev.weir.service.peering;

import org.jspecify.annotations.NullMarked;
