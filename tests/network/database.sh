#!/usr/bin/env bash
# Two storage nodes of examples/distributed on one PostgreSQL, linked to each
# other, each with a node that handles; all on hosts of their own. The network
# between one of them and the server fails without a word, and nothing else: its
# work goes to the other one, it begins nothing more, those that write to it
# wait, and it goes on when the server is back. Nothing is settled twice.
#
# Exits with 77 where there may be no namespaces or is no PostgreSQL, unless
# INBOX_REQUIRE_NETWORK is set.
#
# usage: database.sh PROGRAM
set -euo pipefail

program=$1
source "$(dirname "${BASH_SOURCE[0]}")/hosts.sh"

command -v pg_virtualenv >/dev/null || skip 'pg_virtualenv is not installed'
# It may be run below a pg_virtualenv whose server is not to be touched.
unset "${!PG@}"

add_host d 4
add_host a 2
add_host b 3

# The server lives for as long as there is a writer to its input. It has a port
# of its own: its socket is in a folder that all hosts share, where it would not
# see which ones others have.
mkfifo "$folder/server.in"
touch "$folder/server.log"
export PGPORT=$((10000 + $$ % 50000))
on d pg_virtualenv -t -c '--encoding UTF8 --locale C.UTF-8' \
  -o listen_addresses='*' bash -c '
    hba=$(psql -qAtc "show hba_file")
    echo "host all all 10.99.0.0/24 scram-sha-256" >>"$hba"
    psql -qAtc "select pg_reload_conf()" >/dev/null
    echo "$PGPASSWORD" >"$0/password"
    echo "the server is ready"
    cat >/dev/null' "$folder" \
  <"$folder/server.in" >"$folder/server.log" 2>&1 &
exec 9>"$folder/server.in"

stop_all() {
  exec 9>&- # others have it open as well, and are killed now
  clean_up
}
trap stop_all EXIT

wait_for server '^the server is ready'
PGPASSWORD=$(<"$folder/password")
export PGPASSWORD
store="postgresql://postgres@10.99.0.4:$PGPORT/postgres"

ask() { on s psql -qAtX "$store" -c "$1"; }

start a store_a 2 storage --store "$store" --deadline-s 5
wait_for store_a '^4242$'
start b store_b 3 storage --store "$store" --deadline-s 5 --peer 10.99.0.2 4242
wait_for store_b '^4242$'
start a a 2 handler --name A
start b b 3 handler --name B
wait_for a '^A is ready'
wait_for b '^B is ready'

# Whoever settles what was settled leaves a second line.
ask 'create table settled (event_seq bigint, route_id integer);
  create function watch_row() returns trigger language plpgsql as $$ begin
    insert into settled values (new.event_seq, new.route_id);
    return null; end $$;
  create trigger watch_row after insert or update on inbox_delivery
    for each row when (new.progress >= 2) execute function watch_row();
  create function watch_range() returns trigger language plpgsql as $$ begin
    insert into settled select s, new.route_id from unnest(new.event_seqs) s;
    return null; end $$;
  create trigger watch_range after insert on inbox_done
    for each row execute function watch_range()'

echo '-- A is cut off from the server, and nothing says so'
start b writer 3 writer --events 60
wait_for a '^A begins'
# What is isolated reaches all but each other.
bridge -n "$bridge_host" link set dev to_a isolated on
bridge -n "$bridge_host" link set dev to_d isolated on
cut=$(milliseconds)
wait_for writer '^\{"done":60,' 60
echo "$line"
took=$(($(milliseconds) - cut))
echo "all is done $took ms after the cut"
grep -q '"repeated":[1-9]' <<<"$line" || fail 'nothing was repeated'

echo '-- a writer to A waits, and A does nothing for it'
: >"$folder/a.log"
: >"$folder/writer.log"
start b waiting 2 writer --events 3
start b writer 3 writer --events 20
wait_for writer '^\{"done":20,"repeated":0\}' 60
[[ ! -s $folder/a.log ]] || fail 'A is at work without the server'
[[ ! -s $folder/waiting.log ]] || fail 'what could not be stored was answered'

echo '-- the server is back'
bridge -n "$bridge_host" link set dev to_d isolated off
wait_for waiting '^\{"done":3,' 60
echo "$line"
: >"$folder/writer.log"
start b writer 3 writer --events 100
wait_for a '^A begins' 60
wait_for writer '^\{"done":100,"repeated":0\}' 60
echo "$line"
twice=$(ask 'select count(*) from (select from settled
  group by event_seq, route_id having count(*) > 1) x')
all=$(ask 'select count(distinct (event_seq, route_id)) from settled')
echo "settled: $all, more than once: $twice"
[[ $all == 183 && $twice == 0 ]] || fail 'settled by more than one, or by none'
