# Sourced by the launchers (POSIX sh or bash): find_java sets JAVA_HOME25 to the home of a JDK 25, without starting a process.
# Looked at in this order: JAVA25_HOME, JAVA_HOME, /usr/lib/jvm/*25*.

is_java25() {
  [ -x "$1/bin/java" ] && [ -r "$1/release" ] || return 1
  while IFS= read -r line; do
    case $line in JAVA_VERSION=\"25[.\"+-]*) return 0 ;; esac
  done <"$1/release"
  return 1
}

find_java() {
  for JAVA_HOME25 in "${JAVA25_HOME:-}" "${JAVA_HOME:-}" /usr/lib/jvm/*25*; do
    if [ -n "$JAVA_HOME25" ] && is_java25 "$JAVA_HOME25"; then return 0; fi
  done
  JAVA_HOME25=
  return 1
}

explain_java() {
  echo "berth: no JDK 25 in JAVA25_HOME, JAVA_HOME or /usr/lib/jvm/*25*." >&2
  echo "  deploy/bootstrap installs one where a package has it; else get it from https://adoptium.net/temurin/releases/?version=25" >&2
  echo "  and say where it is: export JAVA25_HOME=/path/to/jdk-25" >&2
}
