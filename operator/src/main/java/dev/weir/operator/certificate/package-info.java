/**
 * Certificates that the operator makes: for partners, and for itself and its routers.
 *
 * <p>In come names, the time and randomness; out go PEM texts and the Secret that holds them.
 *
 * <p>Private keys are never logged, and never pass through a chart, which would keep them in its
 * release.
 */
@NullMarked
package dev.weir.operator.certificate;

import org.jspecify.annotations.NullMarked;
