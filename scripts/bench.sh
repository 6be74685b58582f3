#!/bin/sh
# Every figure of docs/performance.md, one program after the other. About half an hour on two cores.
set -eu

for program in ocr intake workers search start; do
    printf '\n== bench/%s.py\n' "$program"
    "$BIN/python" -m "bench.$program"
done
