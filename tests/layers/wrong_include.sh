#!/usr/bin/env bash
# Shows that the layer check finds wrong includes, in a small tree of its own.
#
# usage: wrong_include.sh <path of check-layers.sh>
set -euo pipefail

check=$1
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root"/{messages,storage/sqlite,actors}
output=$root/output

fail() {
  echo "$*" >&2
  cat "$output" >&2
  exit 1
}

# expect_error <first words> <text of the file> <file> <layer> [<below>...]
expect_error() {
  local complaint=$1 text=$2 file=$3
  shift 3
  printf '%b' "$text" >"$root/$file"
  if "$check" "$root" "$@" >"$output" 2>&1; then
    fail "accepted: $file"
  fi
  grep -qF "$complaint" "$output" || fail "not the expected complaint: $complaint"
  rm "$root/$file"
}

printf '#pragma once\n#include "caf/all.hpp"\n#include <string>\n' \
  >"$root/messages/event.hpp"
printf '#include "../../messages/event.hpp"\n#include "../store.hpp"\n' \
  >"$root/storage/sqlite/store.cpp"
printf '#pragma once\n#include "../messages/event.hpp"\n' \
  >"$root/storage/store.hpp"
printf '#include "../storage/store.hpp"\n#include "../messages/event.hpp"\n' \
  >"$root/actors/writer.cpp"
"$check" "$root" messages >"$output" 2>&1 || fail "refused: messages/"
"$check" "$root" storage messages >"$output" 2>&1 || fail "refused: storage/"
"$check" "$root" actors messages storage >"$output" 2>&1 \
  || fail "refused: actors/"

expect_error 'messages/bad.hpp:2: error: messages/ must not include' \
  '// a comment\n#include "../storage/store.hpp"\n' \
  messages/bad.hpp messages
expect_error 'storage/sqlite/bad.cpp:1: error: storage/ must not include' \
  '#  include "../../actors/writer.hpp"\n' \
  storage/sqlite/bad.cpp storage messages
expect_error 'storage/bad.hpp:3: error: <inbox/actors/writer.hpp>' \
  '\n\n#include <inbox/actors/writer.hpp>\n' \
  storage/bad.hpp storage messages
expect_error 'actors/bad.hpp:1: error: "messages/event.hpp"' \
  '#include "messages/event.hpp"\n' \
  actors/bad.hpp actors messages storage
