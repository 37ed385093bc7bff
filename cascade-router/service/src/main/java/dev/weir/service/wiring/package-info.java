/**
 * Joins the gate to the router's configuration, rooms and nodes: each side keeps its own words, and
 * here one is said in the other's. Calls of both sides come in; nothing is decided here.
 */
@NullMarked
package dev.weir.service.wiring;

import org.jspecify.annotations.NullMarked;
