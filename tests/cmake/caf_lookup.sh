#!/usr/bin/env bash
# Checks in which order CAF is looked for and what is refused, with installed
# versions that are made up: a header or package files, and no library.
#
# usage: caf_lookup.sh <cmake> <folder cmake/ of the project>
set -euo pipefail

cmake=$1
modules=$2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
log=$folder/log
unset CAF_DIR CAF_ROOT CMAKE_PREFIX_PATH INBOX_CAF_CACHE

fail() {
  echo "FAILED: $*" >&2
  cat "$log" >&2
  exit 1
}

# make_header <prefix> <number>: a CAF that comes without package files.
make_header() {
  mkdir -p "$1/include/caf"
  printf '#define CAF_VERSION %s\n' "$2" >"$1/include/caf/config.hpp"
}

# make_package <prefix> <version>
make_package() {
  local dir=$1/lib/cmake/CAF
  mkdir -p "$dir"
  printf 'add_library(CAF::%s INTERFACE IMPORTED)\n' core io \
    >"$dir/CAFConfig.cmake"
  # As CAF's own: newer versions will do for older ones.
  printf '%s\n' "set(PACKAGE_VERSION $2)" \
    'if(NOT PACKAGE_FIND_VERSION VERSION_GREATER PACKAGE_VERSION)' \
    '  set(PACKAGE_VERSION_COMPATIBLE TRUE)' 'endif()' \
    >"$dir/CAFConfigVersion.cmake"
}

# configure <option>...: a new configuration on a machine that has nothing of
# CAF but what the options name, and no way to get one.
configure() {
  rm -rf "$folder/build"
  again "$@"
}

again() {
  "$cmake" -S "$here/lookup" -B "$folder/build" \
    "-DINBOX_CMAKE_DIR=$modules" "-DINBOX_CAF_CACHE=$folder/cache" \
    "-DINBOX_CAF_UPSTREAM=$folder/upstream.git" \
    "-DCMAKE_IGNORE_PREFIX_PATH=/usr;/usr/local" "$@" >"$log" 2>&1
}

expect() {
  # CMake breaks the lines of a message.
  tr -s ' \n' ' ' <"$log" | grep -qF -- "$1" || fail "$name: no \"$1\""
}

accepts() {
  name=$1
  local text=$2
  shift 2
  echo "-- $name"
  configure "$@" || fail "$name: refused"
  expect "$text"
}

refuses() {
  name=$1
  local text=$2
  shift 2
  echo "-- $name"
  if configure "$@"; then fail "$name: accepted"; fi
  expect "$text"
}

make_header "$folder/headers17" 1706
make_package "$folder/package17" 0.17.6
make_package "$folder/package187" 0.18.7
make_package "$folder/package19" 0.19.0
make_package "$folder/package110" 1.1.0
mkdir "$folder/bin"
printf '#!/bin/sh\nexit 1\n' >"$folder/bin/apt-get" # no package source at all
chmod +x "$folder/bin/apt-get"
export PATH=$folder/bin:$PATH

# -- what the user names is taken or refused ----------------------------------

for variable in CMAKE_PREFIX_PATH CAF_ROOT; do
  accepts "0.18.7 in $variable" \
    "Using CAF 0.18.7: $folder/package187/lib/cmake/CAF" \
    "-D$variable=$folder/package187"
  refuses "the headers of 0.17 in $variable" \
    "Refusing CAF 0.17.6 in $folder/headers17/include" \
    "-D$variable=$folder/headers17" -DINBOX_CAF_REFUSAL=WARNING
  refuses "the package of 0.17 in $variable" \
    "Refusing CAF 0.17.6 in $folder/package17/lib/cmake/CAF" \
    "-D$variable=$folder/package17" -DINBOX_CAF_REFUSAL=WARNING
done
grep -q 'or name none' "$log" || fail 'no way out is named'
accepts 'CAF_DIR' "Using CAF 1.1.0: $folder/package110/lib/cmake/CAF" \
  "-DCAF_DIR=$folder/package110/lib/cmake/CAF"
if grep -q 'is tested with' "$log"; then fail 'a tested version is remarked'; fi
accepts 'a version that nobody tested' \
  "This project is tested with CAF 0.18.7 and 1.1.0, not with '0.19.0'" \
  "-DCMAKE_PREFIX_PATH=$folder/package19"

# -- an installed one that nobody named ---------------------------------------

installed() {
  printf -- '-DCMAKE_SYSTEM_PREFIX_PATH=%s' "$folder/$1"
}

accepts 'an installed 0.18.7' 'Using CAF 0.18.7' "$(installed package187)"
refuses 'an installed 0.17' 'build one for itself with' "$(installed headers17)"
expect 'Refusing CAF 0.17.6'
refuses 'no CAF at all' 'none could be built'

# -- the one that was built earlier -------------------------------------------

make_package "$folder/cache/caf-0.18.7-plain" 0.18.7
make_package "$folder/cache/caf-1.1.0-plain" 1.1.0
accepts 'the newest that was built' \
  "Using CAF 1.1.0: $folder/cache/caf-1.1.0-plain/lib/cmake/CAF"
accepts 'a built one beside an installed 0.17' 'Going on with' \
  "$(installed headers17)"
expect "Using CAF 1.1.0: $folder/cache/caf-1.1.0-plain"
refuses 'a named 0.17 all the same' 'Refusing CAF 0.17.6' \
  "-DCMAKE_PREFIX_PATH=$folder/headers17" -DINBOX_CAF_REFUSAL=WARNING
accepts 'an installed one goes first' "Using CAF 0.18.7: $folder/package187" \
  "$(installed package187)"

# -- ThreadSanitizer needs a CAF that was built for it ------------------------

sanitized=(-DINBOX_SANITIZE=thread -DCMAKE_CXX_COMPILER_ID=GNU)
refuses 'none for ThreadSanitizer' 'Passing over CAF 0.18.7' \
  "$(installed package187)" "${sanitized[@]}"
make_package "$folder/cache/caf-0.18.7-tsan-gnu" 0.18.7
accepts 'one for ThreadSanitizer' \
  "Using CAF 0.18.7: $folder/cache/caf-0.18.7-tsan-gnu" \
  "$(installed package110)" "${sanitized[@]}"
accepts 'a named one is taken at its word' "Using CAF 1.1.0: $folder/package110" \
  "-DCMAKE_PREFIX_PATH=$folder/package110" "${sanitized[@]}"

# -- one that is built now ----------------------------------------------------

rm -rf "$folder/cache"
refuses 'upstream out of reach' 'out of reach'
expect "none of this machine's package sources"

# A repository with a project that builds in no time.
upstream=$folder/upstream.git
git init -q "$upstream"
as=(-c user.name=nobody -c user.email=nobody@example.org -c commit.gpgsign=no
  -c tag.gpgsign=no)
make_package "$upstream/package" 1.1.0
cat >"$upstream/CMakeLists.txt" <<'END'
cmake_minimum_required(VERSION 3.22)
project(CAF LANGUAGES NONE)
install(DIRECTORY package/ DESTINATION .)
END
git -C "$upstream" add .
git -C "$upstream" "${as[@]}" commit -qm 'Make it'
git -C "$upstream" tag 1.1.0
commit=$(git -C "$upstream" rev-parse HEAD)
echo 'message(FATAL_ERROR "on purpose")' >>"$upstream/CMakeLists.txt"
git -C "$upstream" "${as[@]}" commit -qam 'Break it'
broken=$(git -C "$upstream" rev-parse HEAD)

for reason in 0000000000000000000000000000000000000042 "$broken"; do
  refuses "upstream with a bad commit, $reason" 'provide-caf: none of this' \
    "-DINBOX_CAF_UPSTREAM_COMMIT=$reason"
done
expect 'the build of CAF 1.1.0 failed'
[[ ! -e $folder/cache/caf-1.1.0-plain ]] || fail 'a broken build is kept'
name='the same build folder after the failure'
echo "-- $name"
again "-DINBOX_CAF_UPSTREAM_COMMIT=$commit" || fail "$name: refused"
expect "Using CAF 1.1.0: $folder/cache/caf-1.1.0-plain/lib/cmake/CAF"
name='the same build folder after the cache is gone'
echo "-- $name"
rm -rf "$folder/cache"
again "-DINBOX_CAF_UPSTREAM_COMMIT=$commit" || fail "$name: refused"
expect "Using CAF 1.1.0: $folder/cache/caf-1.1.0-plain/lib/cmake/CAF"
[[ ! -e $folder/build/_deps/caf ]] || fail 'the source is still there'
echo 'all passed'
