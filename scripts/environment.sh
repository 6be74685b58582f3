#!/bin/sh
# Makes the virtual environment of the checkout and fills it from a pinned, hashed list of requirements. Compiles
# nothing and needs no root, except where the system's Python lacks its venv module.
#   PYTHON=python3 VENV=.venv sh scripts/environment.sh requirements/run.txt
set -eu

requirements=$1
here=$(cd "$(dirname "$0")/.." && pwd)

say() { printf '%s\n' "$*" >&2; }

if ! command -v "$PYTHON" >/dev/null; then
    say "There is no $PYTHON on this machine. Install Python 3.11 or newer, or name it: make run PYTHON=/path/to/python3"
    exit 1
fi
if ! "$PYTHON" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))'; then
    say "$("$PYTHON" --version) will not do: Dossier needs Python 3.11 to 3.14. Name another: make run PYTHON=/path/to/python3"
    exit 1
fi

# Debian and Ubuntu ship Python without what makes an environment with pip in it.
if ! "$PYTHON" -c 'import venv, ensurepip' 2>/dev/null; then
    package=python$("$PYTHON" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv
    install="apt-get install -y --no-install-recommends $package"
    if ! command -v apt-get >/dev/null; then
        say "This Python has no venv module. Install it with your system's packages, then run this again."
        exit 1
    elif [ "$(id -u)" = 0 ]; then
        say "Installing $package"
        apt-get update -q >&2
        DEBIAN_FRONTEND=noninteractive $install >&2
    elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
        say "Installing $package (sudo may ask for your password)"
        sudo apt-get update -q >&2
        sudo env DEBIAN_FRONTEND=noninteractive $install >&2
    else
        say "This Python has no venv module, and it cannot be installed without root. Have this run, then try again:"
        say "    sudo $install"
        exit 1
    fi
fi

if ! "$VENV/bin/python" -c 'import pip' 2>/dev/null; then
    rm -rf "$VENV"
    "$PYTHON" -m venv "$VENV"
fi
say "Installing $requirements into $VENV (the first time takes a few minutes)"
# --no-deps: the list is whole, and leaves out the second OpenCV that one package asks for. The tests' iiif-validator and
# the benchmarks' jieba are published as source alone; they are plain Python, and nothing of them is compiled.
"$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --no-deps --require-hashes \
    --only-binary :all: --no-binary iiif-validator,jieba -r "$here/$requirements"

# The checkout is used in place: on the path of the environment, with its command.
site=$("$VENV/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
printf '%s\n' "$here" > "$site/dossier-checkout.pth"
python=$(cd "$VENV/bin" && pwd)/python
cat > "$VENV/bin/dossier" <<EOF
#!/bin/sh
exec "$python" -m archive.cli "\$@"
EOF
chmod +x "$VENV/bin/dossier"
