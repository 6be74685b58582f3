#!/bin/sh
# Pins every requirement with hashes, for all Pythons from 3.11 to 3.14 at once. Names no package host.
set -eu

pin() { ${UV:-uv} pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --quiet "$@"; }

pin pyproject.toml -o requirements/run.txt
pin pyproject.toml --group dev -o requirements/test.txt
pin pyproject.toml --group dev --group bench -o requirements/bench.txt
