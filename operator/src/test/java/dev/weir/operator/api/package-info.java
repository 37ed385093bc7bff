/**
 * The operator on a real kube-apiserver and etcd, without kubelets: schema rules, server-side
 * apply, permissions, finalizers, idle silence.
 *
 * <p>A test plays the rest of the cluster: {@link dev.weir.operator.api.PodWorld} makes pods for
 * StatefulSets, and {@link dev.weir.operator.api.FakeRouter} carries calls.
 */
@NullMarked
package dev.weir.operator.api;

import org.jspecify.annotations.NullMarked;
