#!/usr/bin/env bash
# Runs the example webhook inbox on good and on broken input and checks what it
# says: the last line of its standard output, the reported line numbers, and the
# exit status.
#
# usage: webhook_inbox.sh <program>
#
# PostgreSQL takes part if INBOX_TEST_POSTGRES is set: then the environment has
# to name a server, as pg_virtualenv does.
set -euo pipefail

program=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# Where the program makes what it needs for one run only.
export TMPDIR=$folder/tmp
mkdir "$TMPDIR"

fail() {
  echo "FAILED: $1" >&2
  cat "$folder/out" "$folder/err" >&2
  exit 1
}

# check <name> <expected last line> <argument>...: runs the program on the
# standard input of this function.
check() {
  local name=$1 expected=$2 last
  shift 2
  echo "-- $name"
  "$program" "$@" >"$folder/out" 2>"$folder/err" \
    || fail "$name: exit status $?"
  last=$(tail -n 1 "$folder/out")
  [[ $last == "$expected" ]] || fail "$name: expected the last line $expected"
}

# Expects exactly these lines, by their numbers, to be reported as no events.
check_reported() {
  local reported
  reported=$(sed -n 's/^line \([0-9]*\) is no event: .*/\1/p' "$folder/err" \
    | tr '\n' ' ')
  [[ $reported == "$1 " ]] || fail "reported lines $reported instead of $1"
}

sample='{"read":20,"stored":17,"duplicates":20,"unrouted":3,"done":21,'
sample+='"failed":10,"dead":2}'
check 'the sample, in a file of its own' "$sample" </dev/null
[[ -z $(ls -A "$TMPDIR") ]] || fail 'the store of the run is still there'
check 'the sample, in the memory' "$sample" --store memory: </dev/null
check 'the sample, in SQLite' "$sample" --store "sqlite:$folder/a.db" </dev/null
if [[ -n ${INBOX_TEST_POSTGRES-} ]]; then
  tables="webhook_$$"
  psql -qc "create schema $tables" </dev/null
  check 'the sample, in PostgreSQL' "$sample" \
    --store "postgresql://?options=-csearch_path%3D$tables" </dev/null
  psql -qc "set client_min_messages = error; drop schema $tables cascade" \
    </dev/null
fi

# A sender that sends everything once more, a day later, changes nothing.
again='{"read":20,"stored":0,"duplicates":40,"unrouted":0,"done":0,'
again+='"failed":0,"dead":0}'
check 'the sample again' "$again" --store "sqlite:$folder/a.db" </dev/null

# event <id> [<event type> [<payload>]]: writes an event line without its end.
# Type and payload are JSON.
event() {
  local type=${2-'"push"'} payload=${3-'{"a":1}'}
  printf '{"id":"%s","event_type":%s,"payload":%s}' "$1" "$type" "$payload"
}

repeat() {
  printf "%0.s$2" $(seq "$1")
}

id() {
  printf '00000000-0000-4000-8000-%012d' "$1"
}

{
  event "$(id 1)"
  printf '\n'
  printf '{"id":\n'                                               # 2: cut off
  printf 'no JSON at all\n'                                       # 3
  printf '[1,2,3]\n'                                              # 4: no object
  printf '{"event_type":"push","payload":{}}\n'                   # 5: no id
  printf '{"id":"%s","payload":{}}\n' "$(id 6)"                   # 6: no type
  printf '{"id":"%s","event_type":"push"}\n' "$(id 7)"            # 7
  event 00000000-0000-0000-0000-000000000000; printf '\n'         # 8: nil
  event 'not-a-uuid'; printf '\n'                                 # 9
  event "$(id 10)" "\"$(repeat 300 x)\""; printf '\n'             # 10: too long
  event "$(id 11)" '""'; printf '\n'                              # 11: empty
  event "$(id 12)" '"a\u0000b"'; printf '\n'                      # 12: NUL
  printf '{"id":"%s","event_type":"a\0b","payload":1}\n' "$(id 13)" # 13: raw NUL
  event "$(id 14)" "$(printf '"\xff\xfe"')"; printf '\n'          # 14: no UTF-8
  event "$(id 15)" '"push"' "$(printf '"\xc0\x80"')"; printf '\n' # 15: no UTF-8
  event "$(id 16)" '"push"' "$(repeat 100000 '[')"; printf '\n'   # 16: too deep
  printf '\n'                                                     # 17: empty
  printf '   \t \r\n'                                             # 18: empty
  event "$(id 19)"; printf '\r\n'                                 # 19: good
  event 42 42; printf '\n'                                        # 20
  event "$(id 21)" '{"a":1}'; printf '\n'                         # 21: no text
  printf '{"id":12,"event_type":"push","payload":{}}\n'           # 22
  printf 'null\n'                                                 # 23
  printf '\xef\xbb\xbf'; event "$(id 24)"; printf '\n'            # 24: a BOM
  event "{$(id 25)}"; printf '\n'                                 # 25: braces
  event "$(id 26)" '"push"' '{"a":1} trailing'; printf '\n'       # 26
  event "$(id 27)" '"issues"' 'null'; printf '\n'                 # 27: good
  event "$(id 28)" '"\u00e6\ud83d\ude00"' '"text"'; printf '\n'   # 28: unrouted
  event "$(id 29)" '"push"' '"\ud800"'; printf '\n'               # 29: surrogate
  printf '%s' "$(event "$(id 1)")"                                # 30: once more
} >"$folder/broken.jsonl"

# Three pushes with two handlers each, of which one fails at first; an issue.
broken='{"read":5,"stored":3,"duplicates":6,"unrouted":1,"done":5,'
broken+='"failed":2,"dead":0}'
numbers='2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 20 21 22 23 24 25 26 29'
check 'a broken file' "$broken" --events "$folder/broken.jsonl" </dev/null
check_reported "$numbers"
check 'a broken standard input' "$broken" --events - <"$folder/broken.jsonl"
check_reported "$numbers"

nothing='{"read":0,"stored":0,"duplicates":0,"unrouted":0,"done":0,'
nothing+='"failed":0,"dead":0}'
check 'an empty input' "$nothing" --events - </dev/null
head -c 100000 /dev/urandom | check 'random bytes' "$nothing" --events -

check 'an input that is only a byte order mark' "$nothing" --events - \
  < <(printf '\xef\xbb\xbf')

# A byte order mark belongs to the file, so it is none of the first line.
one='{"read":1,"stored":1,"duplicates":1,"unrouted":0,"done":1,'
one+='"failed":0,"dead":0}'
{ printf '\xef\xbb\xbf'; event "$(id 1)" '"issues"'; } \
  | check 'a byte order mark' "$one" --events -
[[ ! -s $folder/err ]] || fail 'a byte order mark is reported'

# What a parser would write in another way has to arrive as it was sent.
payloads=(
  '{ "n": 123456789012345678901234567890, "e": 1e2, "z": -0.0 }'
  '{"twice":1,"twice":2,"A":"\/","\ud83d\ude00":"}]\"\\"}'
  '[1.10, [ ], {"payload": "not this"} ,null]'
  '18446744073709551616' '1E400' 'true' '"a text\n"' '{"b":1}'
)
texts=("${payloads[@]}")
texts[6]=$'a text\n' # a string is taken as the text that it means
{
  for i in "${!payloads[@]}"; do
    case $i in
      # Other places, names and spaces in the line.
      0) printf ' {"payload" :\t%s , "id":"%s","event_type":"issues"} \n' \
        "${payloads[i]}" "$(id "$i")" ;;
      1) printf '{"x":{"payload":[1]},"id":"%s","p\\u0061yload":%s%s}\n' \
        "$(id "$i")" "${payloads[i]}" ',"event_type":"issues","y":"payload"' ;;
      7) printf '{"payload":1,"id":"%s","event_type":"issues","payload":%s}\n' \
        "$(id "$i")" "${payloads[i]}" ;;
      *) event "$(id "$i")" '"issues"' "${payloads[i]}"; printf '\n' ;;
    esac
  done
} | check 'payloads of all kinds' \
  '{"read":7,"stored":7,"duplicates":7,"unrouted":0,"done":7,"failed":0,"dead":0}' \
  --events - --store "sqlite:$folder/texts.db"
check_reported 5 # beyond what a number of the parser holds
for i in "${!texts[@]}"; do
  [[ $i != 4 ]] || continue
  found=$(sqlite3 "$folder/texts.db" "select hex(payload) from inbox_event
    where lower(hex(id)) = replace('$(id "$i")', '-', '')")
  expected=$(printf '%s' "${texts[i]}" | od -An -v -tx1 | tr -d ' \n')
  [[ ${found,,} == "$expected" ]] || fail "payload $i is stored as $found"
done

# Whoever looks on sees how far a large input is.
if command -v script >/dev/null; then
  echo '-- on a terminal'
  for i in {1..250}; do event "$(id "$i")" '"other"'; printf '\n'; done \
    >"$folder/many.jsonl"
  script -qec "'$program' --store memory: --events '$folder/many.jsonl'" \
    "$folder/out" >/dev/null </dev/null || fail 'on a terminal: exit status'
  grep -q 'read 100 events.*read 200 events' "$folder/out" \
    || fail 'on a terminal: no progress is shown'
  grep -q '"unrouted":250' "$folder/out" || fail 'on a terminal: no summary'
fi

# refused <name> <part of the message> <argument>...
refused() {
  local name=$1 part=$2
  shift 2
  if "$program" "$@" >"$folder/out" 2>"$folder/err"; then
    fail "$name: exit status 0"
  fi
  grep -qF -- "$part" "$folder/err" || fail "$name: does not say: $part"
  if grep -q '"done"' "$folder/out"; then fail "$name: counts all the same"; fi
  if grep -q hush "$folder/out" "$folder/err"; then
    fail "$name: the password is shown"
  fi
}

echo '-- input and stores that are not there'
refused 'no file' 'cannot read' --events "$folder/none" </dev/null
# These can be opened, but a read is an error.
refused 'a folder' 'cannot be read to the end' --events "$folder" </dev/null
refused 'a folder as standard input' 'cannot be read to the end' --events - \
  <"$folder"
if [[ -r /proc/self/mem ]]; then
  refused 'an error while reading' 'cannot be read to the end' \
    --events /proc/self/mem </dev/null
fi
refused 'no folder for the store' '/no/such/folder/x.db' \
  --store sqlite:/no/such/folder/x.db </dev/null
refused 'an unknown kind of store' 'store.url' \
  --store mysql://joe:hush@db/x </dev/null
refused 'a bad URL' 'store.url' --store postgresql://joe:hush@:x/y </dev/null
TMPDIR=/no/such/folder refused 'no temporary folder' \
  'no folder can be made for the store' --events - </dev/null
TMPDIR=/no/such/folder check 'no temporary folder where none is needed' \
  "$nothing" --events - --store memory: </dev/null
echo 'all passed'
