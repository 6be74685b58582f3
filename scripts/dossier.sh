#!/bin/sh
# The `dossier` command of an image.
exec python -m archive.cli "$@"
