#!/usr/bin/env bash
# Nodes of examples/distributed on hosts of their own, between which the network
# fails: namespaces with a bridge. A node that nobody can reach any more loses
# its work to another one, and gets work again when it is back; packets that are
# late or lost do no harm.
#
# Exits with 77 where there may be no namespaces, unless INBOX_REQUIRE_NETWORK
# is set.
#
# usage: partition.sh PROGRAM
set -euo pipefail

program=$1
source "$(dirname "${BASH_SOURCE[0]}")/hosts.sh"

add_host a 2
add_host b 3

start s storage 1 storage --store "sqlite:$folder/inbox.db" --deadline-s 60
wait_for storage '^4242$'
start a a 1 handler --name A
start b b 1 handler --name B
wait_for a '^A is ready'
wait_for b '^B is ready'

echo '-- late and lost packets'
if on a tc qdisc add dev eth0 root netem delay 30ms 10ms loss 2% 2>/dev/null
then
  start b writer 1 writer --events 20
  wait_for writer '^\{"done":20,'
  echo "$line"
  on a tc qdisc del dev eth0 root
else
  echo "$name: NOT TESTED: this kernel cannot delay packets" >&2
fi

echo '-- nobody can reach A, and nothing says so'
: >"$folder/a.log"
: >"$folder/writer.log"
start b writer 1 writer --events 40
wait_for a '^A begins'
ip -n "$bridge_host" link set to_a down
begun=$(milliseconds)
read -r _ _ id attempt <<<"$line"
wait_for b "^B begins $id $((attempt + 1))" 45
took=$(($(milliseconds) - begun))
echo "what A had went to B after $took ms"
# Long before the deadline of the attempt.
((took < 30000)) || fail "it took $took ms"
wait_for writer '^\{"done":40,'
echo "$line"
grep -q '"repeated":[1-9]' <<<"$line" || fail 'nothing was repeated'

echo '-- A is back'
: >"$folder/a.log"
ip -n "$bridge_host" link set to_a up
: >"$folder/writer.log"
start b writer 1 writer --events 200
wait_for a '^A begins' 60
wait_for a '^A ends'
wait_for writer '^\{"done":200,"repeated":0\}' 60
echo "$line"
