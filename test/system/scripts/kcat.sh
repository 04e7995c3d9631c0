#!/bin/sh
# What people do with kcat (librdkafka), against the broker at $1, with names that end in $2.
# Prints "ok <step>" for each step; the first one that goes wrong ends the script with a message.
# With a third argument, brokers are restarted meanwhile: then everything is produced idempotently, since whoever does not
# stores records twice or loses them when an answer is lost, and a group may read again what it had not committed.
set -eu
broker=$1
suffix=$2
restless=${3:-}
all=acks=all one=acks=1 none=acks=0
if [ -n "$restless" ]; then
  all=enable.idempotence=true one=$all none=$all
fi
topic=kcat-$suffix
group=kcat-group-$suffix

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

expect() { # expect <step> <wanted> <got>
  [ "$2" = "$3" ] || fail "$1: wanted '$2', got '$3'"
  echo "ok $1"
}

# kcat ends when no broker that it knows of listens for a moment; who uses it then starts it again.
again() {
  tries=1
  [ -z "$restless" ] || tries=30
  while ! "$@" 2>/dev/null; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || return 1
    sleep 1
  done
}

# Metadata, and a topic made by asking for it.
kcat -b "$broker" -L >/dev/null || fail "metadata"
echo "ok metadata"

# Produce with every codec, with keys and headers; consume them all.
for codec in none gzip snappy lz4 zstd; do
  seq 1 50 | sed "s/^/$codec-/" | kcat -b "$broker" -P -t "$topic" -p 0 -z "$codec" -X "$all"
done
expect "produce and consume with every codec" 250 \
  "$(kcat -b "$broker" -C -t "$topic" -p 0 -o beginning -e -q | wc -l | tr -d ' ')"

printf 'k1:v1\nk2:v2\n' | kcat -b "$broker" -P -t "$topic-keys" -p 0 -X "$all" -K : -H first=1 -H second=2
expect "keys, headers and offsets" "0 k1 v1 first=1,second=2|1 k2 v2 first=1,second=2|" \
  "$(kcat -b "$broker" -C -t "$topic-keys" -p 0 -o beginning -e -q -f '%o %k %s %h|')"

# A null value (tombstone).
printf 'gone:\n' | kcat -b "$broker" -P -t "$topic-keys" -p 0 -X "$all" -K : -Z
expect "null value" "gone -1" "$(kcat -b "$broker" -C -t "$topic-keys" -p 0 -o 2 -e -q -f '%k %S')"

# Idempotent producer, acks 0 and 1.
seq 1 100 | kcat -b "$broker" -P -t "$topic-idem" -p 0 -X enable.idempotence=true
seq 101 150 | kcat -b "$broker" -P -t "$topic-idem" -p 0 -X "$one"
seq 151 200 | kcat -b "$broker" -P -t "$topic-idem" -p 0 -X "$none"
expect "idempotence and acks" 200 \
  "$(kcat -b "$broker" -C -t "$topic-idem" -p 0 -o beginning -c 200 -q | wc -l | tr -d ' ')"

# Positions: an offset, from the end, a time stamp.
expect "from an offset" 41 "$(kcat -b "$broker" -C -t "$topic-idem" -p 0 -o 40 -c 1 -q)"
expect "from the end" 198 "$(kcat -b "$broker" -C -t "$topic-idem" -p 0 -o -3 -c 1 -q)"
expect "offset by timestamp" "$topic-idem [0] offset 0" \
  "$(kcat -b "$broker" -Q -t "$topic-idem:0:1")"

# A group: reads, commits, and goes on where it stopped.
first=$(again kcat -b "$broker" -G "$group" -X auto.offset.reset=earliest -c 30 -q "$topic-idem" | tail -n 1)
after=$((${first:-0} + 1))
if [ -n "$restless" ] && [ "${first:-0}" -gt 30 ]; then
  first=30 # it had to be started again, and had committed
fi
expect "group reads" 30 "$first"
next=$(again kcat -b "$broker" -G "$group" -X auto.offset.reset=earliest -c 1 -q "$topic-idem" | tail -n 1)
if [ -n "$restless" ] && [ "${next:-0}" -ge 1 ] && [ "$next" -lt "$after" ]; then
  after=$next # what it had read and not committed comes again
fi
expect "group goes on" "$after" "$next"

# Errors have names.
if kcat -b "$broker" -C -t 'not/valid' -e -q >/dev/null 2>"/tmp/kcat-$suffix.err"; then
  fail "an invalid topic was accepted"
fi
rm -f "/tmp/kcat-$suffix.err"
echo "ok invalid topic refused"
