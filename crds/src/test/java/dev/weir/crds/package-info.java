/** The generated schema, its rules and the file reader, tested without an API server. */
@NullMarked
package dev.weir.crds;

import org.jspecify.annotations.NullMarked;
