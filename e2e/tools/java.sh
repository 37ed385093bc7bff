# A JDK that is new enough, and the pinned Maven. Sourced after common.sh.

jdk_major() { "$1/bin/javac" -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p'; }

# True when the folder is a JDK that builds and runs Weir.
jdk_fits() {
  [ -x "$1/bin/javac" ] || return 1
  jdk_found=$(jdk_major "$1")
  [ -n "$jdk_found" ] && [ "$jdk_found" -ge "$JDK_MAJOR" ]
}

find_jdk() {
  if [ -n "${JAVA_HOME:-}" ] && jdk_fits "$JAVA_HOME"; then return 0; fi
  if have javac; then
    jdk_link=$(readlink -f "$(command -v javac)" 2>/dev/null || command -v javac)
    jdk_home=$(dirname "$(dirname "$jdk_link")")
    if jdk_fits "$jdk_home"; then JAVA_HOME=$jdk_home; return 0; fi
  fi
  for jdk_home in "$weir_cache"/jdk/* /usr/lib/jvm/* /opt/java/* /opt/jdk* "${HOME:-/nonexistent}"/.sdkman/candidates/java/* \
    "${HOME:-/nonexistent}"/.jdks/* /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    if jdk_fits "$jdk_home"; then JAVA_HOME=$jdk_home; return 0; fi
  done
  return 1
}

need_jdk() {
  if ! find_jdk; then
    jdk_package=
    if have apt-get && is_root; then
      apt-get -qq update >/dev/null 2>&1 || true
      for jdk_name in "openjdk-$JDK_MAJOR-jdk-headless" "temurin-$JDK_MAJOR-jdk"; do
        if apt-cache show "$jdk_name" >/dev/null 2>&1; then jdk_package=$jdk_name; break; fi
      done
    fi
    [ -n "$jdk_package" ] ||
      die "no JDK >= $JDK_MAJOR found (JAVA_HOME, PATH, /usr/lib/jvm, ...): Weir is built and run with it. Please install one and set JAVA_HOME"
    apt_install "a JDK >= $JDK_MAJOR builds and runs Weir" "$jdk_package"
    find_jdk || die "$jdk_package is installed, but no JDK >= $JDK_MAJOR was found"
  fi
  export JAVA_HOME
  PATH=$JAVA_HOME/bin:$PATH
  export PATH
}

# Maven is itself a Maven artefact: any Maven fetches the pinned one, so no host is named here.
fetch_maven() {
  # Outside the checkout: its .mvn/jvm.config is for the pinned Maven.
  cd "$1"
  mvn -B -q dependency:copy -Dartifact="org.apache.maven:apache-maven:$MAVEN_VERSION:zip:bin" \
    -DoutputDirectory="$1" -Dmdep.useBaseVersion=true
  jar xf "$1/apache-maven-$MAVEN_VERSION-bin.zip"
  mv "$1/apache-maven-$MAVEN_VERSION"/* "$1/"
  rm -rf "$1/apache-maven-$MAVEN_VERSION" "$1"/*.zip
  chmod +x "$1/bin/mvn"
}

need_maven() {
  need_jdk
  if have mvn && mvn_found=$(cd / && mvn -version 2>/dev/null | sed -n '1s/.*Maven \([0-9.]*\).*/\1/p') &&
    [ "$mvn_found" = "$MAVEN_VERSION" ]; then
    weir_mvn=$(command -v mvn)
    return 0
  fi
  weir_mvn=$weir_cache/maven/$MAVEN_VERSION/bin/mvn
  [ -x "$weir_mvn" ] && return 0
  have mvn || apt_install "any Maven, to bring Maven $MAVEN_VERSION" maven
  fetch_once "$weir_cache/maven/$MAVEN_VERSION" "Maven $MAVEN_VERSION (a few seconds)" fetch_maven
}
