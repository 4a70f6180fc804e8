#!/usr/bin/env bash
# Runs the nodes of examples/distributed and reads what they say.
#
# usage: distributed.sh RUN PROGRAM
set -euo pipefail

output=$(PROGRAM=$2 "$1" --events 20)
echo "$output"
# Killed in the midst of an order, which another node then ends.
grep -q '^A is killed' <<<"$output"
grep -q '^B begins .* 2$' <<<"$output"
grep -q '^B ends ' <<<"$output"
[[ $(tail -n 1 <<<"$output") == '{"done":20,"repeated":1}' ]]
