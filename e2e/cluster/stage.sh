#!/usr/bin/env bash
# A cluster with the images that sites are made of. Sourced; what packages the router and the operator has run before.
stage_cluster() { # NODES
  "$here/build.sh" cluster helm
  local begun=$SECONDS
  "$here/images.sh" > /dev/null
  say "images are there after $((SECONDS - begun)) s"
  "$here/cluster.sh" up "$1"
  "$here/cluster.sh" load "$cache"/kubernetes/images/livekit-*.tar "$here"/../../target/images/weir-{operator,router}.tar
}
