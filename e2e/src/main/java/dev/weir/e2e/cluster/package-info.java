/**
 * Sites as an admin of Kubernetes gets them: chart, operator, kinds. Homeservers and browsers run
 * on this machine, everything else in the cluster. Comes in: a cluster whose pods and services this
 * machine reaches (see e2e/cluster). How the cluster was made is not known here.
 */
@NullMarked
package dev.weir.e2e.cluster;

import org.jspecify.annotations.NullMarked;
