#!/usr/bin/env bash
# Runs the example of transactions and checks that everything booked was noted and counted once.
#
# usage: transactions.sh <program>
#
# PostgreSQL takes part if INBOX_TEST_POSTGRES is set: then the environment has
# to name a server, as pg_virtualenv does.
set -euo pipefail

program=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# check <expected output> <argument>...
check() {
  local expected=$1 out
  shift
  out=$("$program" "$@")
  [[ $out == "$expected" ]] || {
    echo "FAILED: $* says $out instead of $expected" >&2
    exit 1
  }
}

store=sqlite:$folder/sales.db
check '{"booked":20,"taken_back":10,"noted":20,"total":20}' --store "$store"
check '{"booked":5,"taken_back":2,"noted":5,"total":5}' --store "$store" --sales 7
if [[ -n ${INBOX_TEST_POSTGRES-} ]]; then
  tables="transactions_$$"
  psql -qc "create schema $tables" </dev/null
  check '{"booked":20,"taken_back":10,"noted":20,"total":20}' \
    --store "postgresql://?options=-csearch_path%3D$tables"
  psql -qc "set client_min_messages = error; drop schema $tables cascade" \
    </dev/null
fi
