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
folder=$(mktemp -d)
prefix=inbox$$
started=()

clean_up() {
  local node host
  for node in "${started[@]}"; do
    kill -9 "$node" 2>/dev/null || true
  done
  wait
  for host in s a b; do
    ip netns del "$prefix$host" 2>/dev/null || true
  done
  rm -rf "$folder"
}
trap clean_up EXIT

fail() {
  echo "partition: $*" >&2
  tail -n 20 "$folder"/{storage,a,b,writer}.log >&2 || true
  exit 1
}

if ! ip netns add "${prefix}s" 2>"$folder/why"; then
  echo "partition: NOT TESTED: no network namespaces: $(<"$folder/why")" >&2
  [[ -z ${INBOX_REQUIRE_NETWORK:-} ]] || exit 1
  exit 77
fi

# The storage node's host has the bridge: 10.99.0.1, the others .2 and .3.
on() {
  local host=$1
  shift
  ip netns exec "$prefix$host" "$@"
}

add_host() {
  ip netns add "$prefix$1"
  ip -n "${prefix}s" link add "to_$1" type veth peer name eth0 \
    netns "$prefix$1"
  ip -n "${prefix}s" link set "to_$1" master bridge0 up
  ip -n "$prefix$1" addr add "10.99.0.$2/24" dev eth0
  ip -n "$prefix$1" link set eth0 up
  ip -n "$prefix$1" link set lo up
}

ip -n "${prefix}s" link set lo up
ip -n "${prefix}s" link add bridge0 type bridge
ip -n "${prefix}s" addr add 10.99.0.1/24 dev bridge0
ip -n "${prefix}s" link set bridge0 up
add_host a 2
add_host b 3

"$(dirname "${BASH_SOURCE[0]}")/../support/make_certificates.sh" "$folder" \
  || fail 'no certificates'

touch "$folder"/{storage,a,b,writer}.log

# Nothing ever comes from here, nor does it end.
mkfifo "$folder/silence"
exec 8<>"$folder/silence"

# Starts a node that ends when this script does. It appends to its log, which may
# be emptied meanwhile.
start() {
  local host=$1 log=$folder/$2.log
  shift 2
  # Not by way of `on`: the number has to be the program's.
  ip netns exec "$prefix$host" "$program" --host 10.99.0.1 --port 4242 \
    --certificates "$folder" "$@" >>"$log" 2>&1 <&8 &
  started+=($!)
}

# Waits for a line, and sets it as `line`.
wait_for() {
  local i
  for ((i = 0; i < 20 * ${3:-30}; ++i)); do
    if line=$(grep -m 1 -E "$2" "$folder/$1.log"); then
      return
    fi
    sleep 0.05
  done
  fail "no line of $1 matches $2"
}

milliseconds() { date +%s%3N; }

start s storage storage --store "sqlite:$folder/inbox.db" \
  --deadline-s 60
wait_for storage '^4242$'
start a a handler --name A
start b b handler --name B
wait_for a '^A is ready'
wait_for b '^B is ready'

echo '-- late and lost packets'
if on a tc qdisc add dev eth0 root netem delay 30ms 10ms loss 2% 2>/dev/null
then
  start b writer writer --events 20
  wait_for writer '^\{"done":20,'
  echo "$line"
  on a tc qdisc del dev eth0 root
else
  echo 'partition: NOT TESTED: this kernel cannot delay packets' >&2
fi

echo '-- nobody can reach A, and nothing says so'
: >"$folder/a.log"
: >"$folder/writer.log"
start b writer writer --events 40
wait_for a '^A begins'
ip -n "${prefix}s" link set to_a down
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
ip -n "${prefix}s" link set to_a up
: >"$folder/writer.log"
start b writer writer --events 200
wait_for a '^A begins' 60
wait_for a '^A ends'
wait_for writer '^\{"done":200,"repeated":0\}' 60
echo "$line"
