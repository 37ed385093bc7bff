/**
 * The router's process. The command line and the environment come in; everything else is in the
 * packages below, and no logic ever is here.
 */
@NullMarked
package dev.weir.service;

import org.jspecify.annotations.NullMarked;
