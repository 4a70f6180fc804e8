#!/usr/bin/env bash
# Has the benchmark program do each of its short works once with few events, so
# that none of them rots between the runs that measure. With 77 it says that
# there is no PostgreSQL server to run on.
#
# usage: once.sh BENCH sqlite|postgres
set -euo pipefail

bench=$1
store=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

bare=''
url=postgresql:///
if [[ $store == sqlite ]]; then
  bare=-sqlite
  url=sqlite:$folder/inbox.db
elif [[ -z ${INBOX_TEST_POSTGRES:-} ]]; then
  echo "no PostgreSQL server to run on" >&2
  exit 77
else
  schema=once$$
  psql -XAtqc "create schema $schema"
  trap 'rm -rf "$folder"; psql -XAtqc "drop schema $schema cascade"' EXIT
  export PGOPTIONS="-c search_path=$schema -c client_min_messages=warning"
fi

does() {
  "$bench" --url "$url" --records 200 --batch 50 --batch-size 50 \
    --samples 10 "$@"
}

does preload
does process
does preload
does "bare-process$bare"
if [[ $store == postgres ]]; then
  does preload
  does --clients 2 bare-process
fi
does write
does "bare-write$bare"
does singles
does latency
