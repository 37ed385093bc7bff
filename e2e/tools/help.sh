#!/bin/sh
# What ./weir says of itself.
case ${1:-} in
  up) cat <<'T'
./weir up [--headless] [--for TIME] [--no-weir] [--sites N]
    Two federated sites on this machine, each Synapse + LiveKit + router, peered; one user of each in one
    end-to-end encrypted Element Call. Prints addresses, accounts and, at the end, where each client was
    attached and what it saw. Ends on Ctrl-C and leaves nothing behind. Needs no root and no free port of yours.
      --headless    do not show the browsers (also when there is no display)
      --for TIME    end after 60s, 5m, ...; without it, on Ctrl-C
      --no-weir     the same without peering: every client connects to every site's SFU, as it is today
      --sites N     2 to 6 sites with a user each; two cores carry two or three
./weir up --kubernetes [the same options]
    The same as an admin gets it: each site is a release of the chart with an operator, a router, two gates and a pool of two
    LiveKit nodes on a real two-node Kubernetes, which is made here (root, Linux) and removed at the end; the homeservers and
    browsers run on this machine, in the cluster's network. A cluster that runs already (./weir cluster up) is used and left.
T
    ;;
  router) cat <<'T'
./weir router
    Runs the packaged router in this terminal. It is set up by environment variables: WEIR_CONFIG_DIR (a folder
    with Homeserver, SfuPool and SfuPeer as YAML), WEIR_DATA_DIR, QUARKUS_HTTP_HOST, QUARKUS_HTTP_PORT; see docs/.
T
    ;;
  test) cat <<'T'
./weir test [--fast] [--only TIER]...
    Builds everything and runs the tests, tier by tier. Ends with a table of tiers (ran, or skipped and why) and
    the totals; the exit status is 0 only if nothing failed.
      --fast        no real servers: the tiers build, fast and checks
      --only TIER   this tier (may be repeated); the build always runs
    Tiers: build, fast, checks, real, browser, cluster (the operator on a real API server), secrets; and only when asked
    for with --only: quiet (timed to seconds, needs a quiet machine), drill (./weir cluster drill, needs root)
T
    ;;
  bench) cat <<'T'
./weir bench [NAME]
    Measures, and writes figures to target/bench as JSON besides the table. Without a name it lists the benchmarks.
T
    ;;
  mutate) cat <<'T'
./weir mutate [MODULE]
    Changes the code in small ways and counts which changes no test notices (PIT). Takes many minutes.
    MODULE: cascade-router/session (the default), cascade-router/relay, ...
T
    ;;
  doctor) cat <<'T'
./weir doctor
    Says which tools are there, which would be brought, and which you must install.
T
    ;;
  clean) cat <<'T'
./weir clean [--cache]
    Removes what builds and tests made in this checkout. --cache also removes the tools that were brought; they are
    shared by all checkouts.
T
    ;;
  cluster) cat <<'T'
./weir cluster [up|down|status|...]
    A real Kubernetes on this machine, for the operator's tests (root). Its own help: ./weir cluster help
./weir cluster drill [TEST]
    Rolls, drains, scales, re-keys, crashes and freezes a site under an encrypted call between two sites, and says what the people in it
    noticed (e2e/target/drills.md). About 15 min on two cores.
T
    ;;
  env) cat <<'T'
./weir env
    Brings the tools and prints variables with which tests run from an IDE or Maven: eval "$(./weir env)"
T
    ;;
  *) cat <<'T'
./weir COMMAND [options]          ./weir help COMMAND says more

  up        two homeservers, two users, one encrypted Element Call on this machine
  test      all tests, with what they need
  bench     measurements
  router    the packaged router, in this terminal
  doctor    what is there, what is missing
  clean     remove what was made here
  cluster   a real Kubernetes on this machine, for tests
  mutate    do the tests notice changed code?
  env       variables for running single tests by hand

What is missing is brought into a cache outside the checkout (WEIR_CACHE, default ~/.cache/weir).
T
    ;;
esac
