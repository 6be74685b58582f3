#!/bin/sh
# Installs the programs that tests (or benches) need beside Python: by apt where this user may, else prints the command.
# Never fails: a test whose program is missing says so in the summary, and is a failure where it is required.
#   BIN=.venv/bin sh scripts/tools.sh test
set -u

what=$1
say() { printf '%s\n' "$*" >&2; }
has() { command -v "$1" >/dev/null; }

packages=
need() { packages="$packages $*"; }

has tesseract || need tesseract-ocr
if has tesseract; then langs=$(tesseract --list-langs 2>/dev/null); else langs=; fi
printf '%s\n' "$langs" | grep -qx chi_sim || need tesseract-ocr-chi-sim
printf '%s\n' "$langs" | grep -qx osd || need tesseract-ocr-osd
if [ "$what" = test ]; then
    has redis-server || need redis-server
    has docker-compose || need docker-compose
    # An image is built without Docker's engine, by root alone.
    if [ "$(id -u)" = 0 ]; then
        has buildah || need buildah crun
        has debootstrap || need debootstrap
    fi
    has fc-list && fc-list ':lang=zh-cn' family | grep -q . || need fontconfig fonts-noto-cjk
    # Ubuntu's chromium package only fetches a snap, which does not run everywhere: there Playwright brings its own.
    browser=$("$BIN/python" -m tests.tools chromium 2>/dev/null || true)
    if [ -z "$browser" ] && ! grep -qi ubuntu /etc/os-release 2>/dev/null; then need chromium; fi
    # The OpenSearch nodes of the tests: their jars come by Maven, below.
    has mvn || need maven
    "$BIN/python" -m tests.tools jdk >/dev/null 2>&1 || need default-jdk-headless
else
    has gs || need ghostscript
    has unpaper || need unpaper
fi

if [ -n "$packages" ]; then
    install="apt-get install -y --no-install-recommends$packages"
    if ! has apt-get; then
        say "Not installed, and this system has no apt-get:$packages"
    elif [ "$(id -u)" = 0 ]; then
        apt-get update -q >&2 && DEBIAN_FRONTEND=noninteractive $install >&2 || say "Could not install:$packages"
    elif has sudo && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
        sudo apt-get update -q >&2 && sudo env DEBIAN_FRONTEND=noninteractive $install >&2 ||
            say "Could not install:$packages"
    else
        say "Some tests need programs that cannot be installed without root. Have this run:"
        say "    sudo $install"
    fi
fi

if [ "$what" = test ] && [ -z "$("$BIN/python" -m tests.tools chromium 2>/dev/null || true)" ]; then
    if [ "$(id -u)" = 0 ]; then with=--with-deps; else with=; fi
    "$BIN/playwright" install $with chromium >&2 ||
        say "There is no Chromium, and Playwright could not fetch one: the tests in a browser are not run."
fi
if [ "$what" = test ]; then "$BIN/python" -m tests.engines.jars >&2 || true; fi
exit 0
