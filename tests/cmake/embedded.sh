#!/usr/bin/env bash
# Checks what an application relies on that embeds this library as a folder of
# its own build: it installs nothing that was not asked for, takes the CAF that
# is there, and moves the type IDs.
#
# usage: embedded.sh <cmake> <generator> <compiler> <root> <package folder of CAF>
set -euo pipefail

cmake=$1
generator=$2
compiler=$3
root=$4
caf=$5
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
build=$folder/build
log=$folder/log

fail() {
  echo "FAILED: $*" >&2
  cat "$log" >&2
  exit 1
}

configure() {
  "$cmake" -S "$here/embedded" -B "$build" -G "$generator" \
    "-DCMAKE_CXX_COMPILER=$compiler" "-DINBOX_ROOT=$root" "-DCAF_DIR=$caf" \
    "$@" >"$log" 2>&1 || fail "configuration: $*"
}

echo '-- as it comes'
configure
grep -q 'Using the CAF that this build already has: [0-9]' "$log" \
  || fail 'another CAF than that of the application'
"$cmake" --install "$build" --prefix "$folder/prefix" >"$log" 2>&1 \
  || fail 'installation'
[[ ! -e $folder/prefix ]] || fail 'something is installed'
for option in TESTS EXAMPLES; do
  grep -q "^INBOX_BUILD_$option:BOOL=OFF" "$build/CMakeCache.txt" \
    || fail "builds $option"
done

echo '-- with another first type ID'
"$cmake" --build "$build" --target probe --verbose >"$log" 2>&1 || fail 'probe.cpp'

echo '-- with a package'
config=$build/inbox/caf-inbox-config.cmake
[[ ! -e $config ]] || fail 'a package is made'
configure -DINBOX_INSTALL=ON
version=$(sed -n 's/^find_dependency(CAF \([0-9.]*\) EXACT .*/\1/p' "$config")
[[ -n $version ]] || fail 'the package asks for no version of CAF'

echo '-- with a package, and a CAF whose version is in its headers only'
rm -rf "$build"
configure -DINBOX_INSTALL=ON -DFORGET_VERSION=ON
grep -q "^find_dependency(CAF $version EXACT " "$config" \
  || fail "the package does not ask for CAF $version"
echo 'all passed'
