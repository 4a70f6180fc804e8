# shellcheck shell=bash
# To be sourced: hosts of their own for the nodes of examples/distributed, which
# are network namespaces, with a bridge between them. The first host, s, has the
# bridge and the address 10.99.0.1.
#
# Needs `program` and sets `folder`, which is gone at the end as are the hosts
# and whatever was started.

name=$(basename "$0" .sh)
folder=$(mktemp -d)
prefix=inbox$$
bridge_host=${prefix}s
hosts=(s)
started=()

# To be called in the end; may be extended.
clean_up() {
  local node host
  for node in "${started[@]}"; do
    kill -9 "$node" 2>/dev/null || true
  done
  { wait; } 2>/dev/null # says of each that it was killed
  for host in "${hosts[@]}"; do
    ip netns del "$prefix$host" 2>/dev/null || true
  done
  rm -rf "$folder"
}
trap clean_up EXIT

fail() {
  echo "$name: $*" >&2
  tail -n 20 "$folder"/*.log >&2 || true
  exit 1
}

skip() {
  echo "$name: NOT TESTED: $*" >&2
  [[ -z ${INBOX_REQUIRE_NETWORK:-} ]] || exit 1
  exit 77
}

# on HOST COMMAND...
on() {
  local host=$1
  shift
  ip netns exec "$prefix$host" "$@"
}

# add_host NAME N: at the address 10.99.0.N, on the bridge as to_NAME.
add_host() {
  ip netns add "$prefix$1"
  hosts+=("$1")
  ip -n "$bridge_host" link add "to_$1" type veth peer name eth0 \
    netns "$prefix$1"
  ip -n "$bridge_host" link set "to_$1" master bridge0 up
  ip -n "$prefix$1" addr add "10.99.0.$2/24" dev eth0
  ip -n "$prefix$1" link set eth0 up
  ip -n "$prefix$1" link set lo up
}

ip netns add "$bridge_host" 2>"$folder/why" \
  || skip "no network namespaces: $(<"$folder/why")"
ip -n "$bridge_host" link set lo up
ip -n "$bridge_host" link add bridge0 type bridge
ip -n "$bridge_host" addr add 10.99.0.1/24 dev bridge0
ip -n "$bridge_host" link set bridge0 up

# Nothing ever comes from here, nor does it end.
mkfifo "$folder/silence"
exec 8<>"$folder/silence"

# start HOST NAME AT ARGUMENT... starts a node for the inbox at 10.99.0.AT, that
# ends when this script does. It appends to its log, which may be emptied
# meanwhile.
start() {
  local host=$1 log=$folder/$2.log at=$3
  shift 3
  touch "$log"
  # Not by way of `on`: the number has to be the program's.
  ip netns exec "$prefix$host" "$program" --host "10.99.0.$at" --port 4242 \
    --certificates "$folder" "$@" >>"$log" 2>&1 <&8 &
  started+=($!)
}

# wait_for NAME PATTERN [SECONDS] waits for a line of a log, and sets it as
# `line`.
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

"$(dirname "${BASH_SOURCE[0]}")/../support/make_certificates.sh" "$folder" \
  || fail 'no certificates'
