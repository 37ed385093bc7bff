# ./weir doctor. Sourced by ./weir. Looks, and changes nothing.
. "$weir_home/e2e/tools/java.sh"
. "$weir_home/e2e/tools/stack.sh"

doctor_bad=0
good() { printf '  ok       %-18s %s\n' "$1" "$2"; }
comes() { printf '  brought  %-18s %s\n' "$1" "$2"; }
bad() { printf '  MISSING  %-18s %s\n' "$1" "$2"; doctor_bad=1; }
# by_package NAME "with what it comes": root can have it installed, others must ask.
by_package() { if have apt-get && is_root; then comes "$1" "$2, with apt-get when needed"; else bad "$1" "please install $2"; fi; }

printf 'Cache: %s\n' "$weir_cache"
if find_jdk; then good "JDK >= $JDK_MAJOR" "$JAVA_HOME"; else bad "JDK >= $JDK_MAJOR" "set JAVA_HOME, or install one"; fi
if [ -x "$weir_cache/maven/$MAVEN_VERSION/bin/mvn" ]; then good "Maven $MAVEN_VERSION" cache
elif have mvn; then comes "Maven $MAVEN_VERSION" "by the installed mvn"; else by_package "Maven $MAVEN_VERSION" "the package maven"; fi
if have livekit-server; then good livekit-server "$(command -v livekit-server)"
elif [ -x "$weir_cache/livekit/$LIVEKIT_VERSION/bin/livekit-server" ]; then good livekit-server "cache, $LIVEKIT_VERSION"
elif have go || [ -x /usr/local/go/bin/go ]; then comes livekit-server "$LIVEKIT_VERSION, built with Go in about 2 min"
else by_package livekit-server "the package golang-go (or a livekit-server)"; fi
if [ -x "$weir_cache/synapse/$SYNAPSE_VERSION/bin/python" ]; then good Synapse "cache, $SYNAPSE_VERSION"
elif python3 -c 'import ensurepip, venv' >/dev/null 2>&1; then comes Synapse "$SYNAPSE_VERSION, with pip in about 1 min"
else by_package Synapse "the packages python3 python3-venv"; fi
if ls -d "$weir_cache"/web/*/node_modules >/dev/null 2>&1; then good "Element Call" "cache, $ELEMENT_CALL_VERSION"
elif have npm; then comes "Element Call" "$ELEMENT_CALL_VERSION, with npm"; else by_package "Element Call" "the packages nodejs npm"; fi
if find_browser; then good Chromium "$WEIR_CHROMIUM"; else by_package Chromium "the package chromium"; fi
if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then good display "${DISPLAY:-$WAYLAND_DISPLAY}"
else printf '  note     %-18s %s\n' display "none: ./weir up runs headless"; fi
if have go || [ -x /usr/local/go/bin/go ]; then kubernetes_how="$KUBERNETES_VERSION, built with Go in 5 to 15 min"; else kubernetes_how="$KUBERNETES_VERSION, built with Go (the package golang-go)"; fi
if ! have bash; then by_package Kubernetes "the package bash"
elif bash "$weir_home/e2e/cluster/build.sh" --check cluster chart; then good Kubernetes "cache, $KUBERNETES_VERSION"
else comes Kubernetes "$kubernetes_how, for the tiers cluster and drill"; fi
if ! is_root; then printf '  note     %-18s %s\n' root "not root: no cluster (./weir up --kubernetes, tier drill); the operator is tested on an API server alone"
else
  nodes_missing=$(bash "$weir_home/e2e/cluster/cluster.sh" missing-packages | tr '\n' ' ')
  if [ -z "$nodes_missing" ]; then good "cluster nodes" "containerd, runc, network plug-ins, ..."; else by_package "cluster nodes" "the packages ${nodes_missing% }"; fi
fi
exit $doctor_bad
