#!/bin/sh
# Every figure of docs/performance.md, one program after the other.
set -eu

for program in bench/*.py; do
    case $program in bench/__*) continue ;; esac
    grep -q '^if __name__' "$program" || continue
    printf '\n== %s\n' "$program"
    "$BIN/python" "$program"
done
