#!/bin/sh
# Each kind of request that kcat sends, with the codecs that it has.
set -e
kcat -b "$BOOTSTRAP" -L -t fixtures >/dev/null
for codec in none gzip snappy lz4 zstd; do
    printf 'key-1:value-1 %s\nkey-2:value-2 %s\n' "$codec" "$codec" |
        kcat -b "$BOOTSTRAP" -P -t fixtures -K: -H trace=abc -H origin=kcat -z "$codec" -X client.id=kcat-fixture
done
printf 'no answer\n' | kcat -b "$BOOTSTRAP" -P -t fixtures -X acks=0
printf 'one answer\n' | kcat -b "$BOOTSTRAP" -P -t fixtures -X acks=1
printf 'idempotent\n' | kcat -b "$BOOTSTRAP" -P -t fixtures -X enable.idempotence=true
kcat -b "$BOOTSTRAP" -C -t fixtures -p 0 -o beginning -e -q >/dev/null
kcat -b "$BOOTSTRAP" -C -t fixtures -p 0 -o 2 -e -q -X isolation.level=read_uncommitted >/dev/null
kcat -b "$BOOTSTRAP" -Q -t fixtures:0:1000 >/dev/null
