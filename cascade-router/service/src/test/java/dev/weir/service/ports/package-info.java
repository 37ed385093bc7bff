/** Ports for servers that a test starts. */
@org.jspecify.annotations.NullMarked
package dev.weir.service.ports;
