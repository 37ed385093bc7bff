# Shared by ./weir and ./mvnw: words to the person, the cache, and fetches that never half-happen.
# Sourced with $weir_home set to the root of the checkout.

# shellcheck source=/dev/null
. "$weir_home/e2e/versions.env"

weir_cache=${WEIR_CACHE:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/weir}

say() { printf '%s\n' "$*" >&2; }
step() { printf '==> %s\n' "$*" >&2; }
die() { printf 'weir: %s\n' "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }
is_root() { [ "$(id -u)" -eq 0 ]; }

# apt_install "why" package...: brings packages where that is possible, else says what the person must do.
apt_install() {
  why=$1; shift
  have apt-get || die "$why: please install $* with your system's package manager"
  is_root || die "$why: please run: sudo apt-get install $*"
  step "installing $* ($why)"
  # Another checkout's run may be installing too.
  apt_log=$weir_cache/log/apt.log
  mkdir -p "$weir_cache/log"
  DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -qq update >"$apt_log" 2>&1 &&
    DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -qq -y --no-install-recommends \
      install "$@" >>"$apt_log" 2>&1 ||
    { tail -n 15 "$apt_log" >&2; die "$why: apt-get could not install $*"; }
}

# fetch_once FOLDER "what, and how long" FUNCTION: has FUNCTION fill a new folder (its first argument) and
# renames it to FOLDER when it succeeded. A FOLDER that exists is complete. Two runs at once: one works, the
# other waits. A run that died leaves no lock behind that matters, and its half-filled folder is removed.
fetch_once() {
  fetch_to=$1; fetch_what=$2; fetch_how=$3
  [ -d "$fetch_to" ] && return 0
  mkdir -p "$(dirname "$fetch_to")" "$weir_cache/log"
  fetch_lock=$fetch_to.lock
  fetch_said=
  until mkdir "$fetch_lock" 2>/dev/null; do
    [ -d "$fetch_to" ] && return 0
    fetch_owner=$(cat "$fetch_lock/pid" 2>/dev/null || true)
    if [ -n "$fetch_owner" ] && ! kill -0 "$fetch_owner" 2>/dev/null; then
      # The rename decides which of several waiting runs removes the dead one's lock.
      mv "$fetch_lock" "$fetch_lock.dead.$$" 2>/dev/null && rm -rf "$fetch_lock.dead.$$"
      continue
    fi
    [ -n "$fetch_said" ] || say "    waiting for another run that brings $fetch_what"
    fetch_said=yes
    sleep 1
  done
  printf '%s\n' "$$" >"$fetch_lock/pid"
  if [ -d "$fetch_to" ]; then rm -rf "$fetch_lock"; return 0; fi
  rm -rf "$fetch_to".part.*
  fetch_part=$fetch_to.part.$$
  fetch_log=$weir_cache/log/$(basename "$(dirname "$fetch_to")")-$(basename "$fetch_to").log
  mkdir -p "$fetch_part"
  fetch_since=$(date +%s)
  step "bringing $fetch_what"
  if (set -e; "$fetch_how" "$fetch_part") >"$fetch_log" 2>&1; then
    mv "$fetch_part" "$fetch_to"
    rm -rf "$fetch_lock"
    say "    done in $(($(date +%s) - fetch_since)) s"
  else
    rm -rf "$fetch_part" "$fetch_lock"
    tail -n 15 "$fetch_log" >&2
    die "could not bring $fetch_what; the whole log: $fetch_log"
  fi
}
