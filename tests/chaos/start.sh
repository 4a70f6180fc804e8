#!/usr/bin/env bash
# Starts the chaos of tests/chaos/run from a folder where it was built, with a
# PostgreSQL server of its own, where one is needed, that is as durable as a
# server is by default. It looks for deadlocks sooner, so that a run gets
# through more of them. Exits with 77 where none is installed.
#
# usage: start.sh FOLDER [argument of tests/chaos/run]...
set -euo pipefail

programs=$1
shift
worker=chaos_worker
arguments=()
start=()
for argument; do
  case $argument in
    --without-fence) worker=chaos_worker_without_fence ;;
    postgres | --store=postgres)
      start=(pg_virtualenv -t -c '--encoding UTF8 --locale C.UTF-8'
        -o max_connections=200)
      arguments+=("$argument")
      ;;
    *) arguments+=("$argument") ;;
  esac
done
if [[ ${#start[@]} -gt 0 ]] && ! command -v pg_virtualenv >/dev/null; then
  echo "pg_virtualenv is not installed: no PostgreSQL server to run on" >&2
  exit 77
fi

# It may be run below a pg_virtualenv whose server is not to be touched.
unset "${!PG@}"

folder=$(mktemp -d)
status=0
# What pg_virtualenv says would follow the result.
exec 3>&1
"${start[@]}" bash -c 'exec "$@" >&3 3>&-' chaos "$programs/chaos" \
  --worker "$programs/$worker" --folder "$folder" "${arguments[@]}" \
  >"$folder/server" </dev/null || status=$?
# A process that was killed later cannot tell by its exit status.
if grep -E 'WARNING: ThreadSanitizer|ERROR: AddressSanitizer' \
  "$folder"/output-* >&2; then
  status=1
fi
if [[ $status -eq 0 ]]; then
  rm -rf "$folder"
else
  echo "what the processes wrote is in $folder" >&2
fi
exit "$status"
