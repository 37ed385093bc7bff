# LiveKit, Synapse, Element Call and a browser. Sourced after common.sh. Each need_* sets one exported variable.

fetch_livekit() {
  # Go itself takes a newer toolchain from the same module proxy when the module asks for one.
  GOBIN=$1/bin GOFLAGS=-trimpath CGO_ENABLED=0 GOTOOLCHAIN=auto \
    go install -ldflags='-s -w' "github.com/livekit/livekit-server/cmd/server@$LIVEKIT_VERSION"
  mv "$1/bin/server" "$1/bin/livekit-server"
}

need_livekit() {
  if [ -n "${WEIR_LIVEKIT_SERVER:-}" ] && [ -x "$WEIR_LIVEKIT_SERVER" ]; then return 0; fi
  if have livekit-server; then
    WEIR_LIVEKIT_SERVER=$(command -v livekit-server)
  else
    WEIR_LIVEKIT_SERVER=$weir_cache/livekit/$LIVEKIT_VERSION/bin/livekit-server
    if [ ! -x "$WEIR_LIVEKIT_SERVER" ]; then
      if ! have go && [ -x /usr/local/go/bin/go ]; then PATH=$PATH:/usr/local/go/bin; fi
      have go || apt_install "Go builds livekit-server $LIVEKIT_VERSION (or put a livekit-server on PATH)" golang-go
      fetch_once "$weir_cache/livekit/$LIVEKIT_VERSION" "livekit-server $LIVEKIT_VERSION (built with Go, about 2 min)" fetch_livekit
    fi
  fi
  export WEIR_LIVEKIT_SERVER
}

fetch_synapse() {
  # Moved by the rename afterwards: a virtual environment runs from elsewhere as long as only its python is called.
  python3 -m venv --copies "$1"
  "$1/bin/python" -m pip install -q --disable-pip-version-check "matrix-synapse==$SYNAPSE_VERSION"
  "$1/bin/python" -c 'import synapse'
}

need_synapse() {
  if [ -n "${WEIR_SYNAPSE_PYTHON:-}" ] && [ -x "$WEIR_SYNAPSE_PYTHON" ]; then return 0; fi
  WEIR_SYNAPSE_PYTHON=$weir_cache/synapse/$SYNAPSE_VERSION/bin/python
  if [ ! -x "$WEIR_SYNAPSE_PYTHON" ]; then
    python3 -c 'import ensurepip, venv' >/dev/null 2>&1 ||
      apt_install "Python runs Synapse $SYNAPSE_VERSION in an environment of its own" python3 python3-venv
    # An environment whose Python the system has replaced since is of no use.
    rm -rf "$weir_cache/synapse/$SYNAPSE_VERSION"
    fetch_once "$weir_cache/synapse/$SYNAPSE_VERSION" "Synapse $SYNAPSE_VERSION (about 1 min)" fetch_synapse
  fi
  export WEIR_SYNAPSE_PYTHON
}

fetch_web() {
  cd "$1"
  printf '{"name":"weir-web","private":true}\n' >package.json
  npm install --no-audit --no-fund --no-package-lock --save-exact --ignore-scripts --loglevel=error \
    "element-call@npm:@element-hq/element-call-embedded@$ELEMENT_CALL_VERSION" \
    "element-call-legacy@npm:@element-hq/element-call-embedded@$ELEMENT_CALL_LEGACY_VERSION" \
    "element-call-oldest@npm:@element-hq/element-call-embedded@$ELEMENT_CALL_OLDEST_MEMBERSHIP_VERSION" \
    "matrix-widget-api@$MATRIX_WIDGET_API_VERSION" "esbuild@$ESBUILD_VERSION"
}

need_web() {
  if [ -n "${WEIR_WEB:-}" ] && [ -d "$WEIR_WEB/element-call" ]; then return 0; fi
  web_key=$(grep -E '^(ELEMENT_CALL|MATRIX_WIDGET|ESBUILD)' "$weir_home/e2e/versions.env" | cksum | cut -d' ' -f1)
  WEIR_WEB=$weir_cache/web/$web_key/node_modules
  if [ ! -d "$WEIR_WEB" ]; then
    have npm || apt_install "npm brings Element Call $ELEMENT_CALL_VERSION" nodejs npm
    fetch_once "$weir_cache/web/$web_key" "Element Call $ELEMENT_CALL_VERSION and two earlier ones (some seconds)" fetch_web
  fi
  export WEIR_WEB
}

fetch_oracle() {
  cp "$weir_home/cascade-router/session/src/test/oracle/package.json" \
    "$weir_home/cascade-router/session/src/test/oracle/package-lock.json" "$1"
  cd "$1"
  npm ci --no-audit --no-fund --ignore-scripts --loglevel=error
}

# The client SDK that convergence is compared with.
need_oracle() {
  if [ -n "${WEIR_ORACLE_DIR:-}" ] && [ -d "$WEIR_ORACLE_DIR/node_modules" ]; then return 0; fi
  oracle_key=$(cksum <"$weir_home/cascade-router/session/src/test/oracle/package-lock.json" | cut -d' ' -f1)
  WEIR_ORACLE_DIR=$weir_cache/oracle/$oracle_key
  if [ ! -d "$WEIR_ORACLE_DIR" ]; then
    have npm || apt_install "npm brings the client SDK that convergence is compared with" nodejs npm
    fetch_once "$WEIR_ORACLE_DIR" "matrix-js-sdk, to compare with (some seconds)" fetch_oracle
  fi
  export WEIR_ORACLE_DIR
}

find_browser() {
  if [ -n "${WEIR_CHROMIUM:-}" ] && [ -x "$WEIR_CHROMIUM" ]; then return 0; fi
  for browser in chromium chromium-browser google-chrome-stable google-chrome; do
    if have "$browser"; then WEIR_CHROMIUM=$(command -v "$browser"); return 0; fi
  done
  return 1
}

need_browser() {
  if ! find_browser; then
    apt_install "Element Call runs in Chromium" chromium fonts-dejavu-core
    find_browser || die "chromium is installed, but not on PATH"
  fi
  export WEIR_CHROMIUM
}

need_stack() { need_livekit; need_synapse; need_web; need_browser; }
