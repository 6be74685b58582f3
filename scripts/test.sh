#!/bin/sh
# Runs all tests: those that kill, wait and deploy beside all others, since they mostly wait. What the first say is
# shown when both have ended; each ends with its own summary of what was not run.
#   BIN=.venv/bin sh scripts/test.sh
set -u

apart="tests/faults tests/deployment"
said=$(mktemp)
trap 'rm -f "$said"' EXIT

# shellcheck disable=SC2086
"$BIN/python" -m pytest $apart >"$said" 2>&1 &
beside=$!
trap 'kill "$beside" 2>/dev/null; exit 130' INT TERM

others=
for folder in $apart; do others="$others --ignore=$folder"; done
# shellcheck disable=SC2086
"$BIN/python" -m pytest $others
first=$?
printf '\n%s\n' "Those that kill, wait and deploy ($apart):"
wait "$beside"
second=$?
cat "$said"
[ "$first" = 0 ] && [ "$second" = 0 ]
