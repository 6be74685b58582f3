"""What the script that makes the environment says where the system's Python lacks its venv module, as Debian's does,
and whoever runs it may not install it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
COMMAND = f"    sudo apt-get install -y --no-install-recommends python{VERSION}-venv\n"
PYTHON = f"""#!/bin/sh
case "$*" in *venv*) echo "No module named ensurepip" >&2; exit 1;; esac
exec "{sys.executable}" "$@"
"""


@pytest.fixture
def system(tmp_path: Path) -> Path:
    """The folder of all programs of a system whose user is not root, with a Python without venv."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("sh", "dirname"):
        (programs / name).symlink_to(shutil.which(name) or name)
    put(programs / "python3", PYTHON)
    put(programs / "id", "#!/bin/sh\necho 1000\n")
    return programs


def put(path: Path, script: str) -> None:
    path.write_text(script)
    path.chmod(0o755)


def made(programs: Path) -> subprocess.CompletedProcess[str]:
    """The script run to its end, nobody at the terminal; it has made no environment."""
    folder = programs.parent / "environment"
    done = subprocess.run(
        [programs / "sh", ROOT / "scripts" / "environment.sh", "requirements/run.txt"],
        env={"PATH": str(programs), "PYTHON": "python3", "VENV": str(folder), "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert not os.path.lexists(folder)
    return done


def test_without_root_and_sudo_the_exact_command_is_told(system: Path) -> None:
    put(system / "apt-get", "#!/bin/sh\necho apt was run >&2\n")
    done = made(system)
    assert done.returncode == 1
    assert done.stderr.endswith(COMMAND) and "apt was run" not in done.stderr


def test_nobody_is_waited_for_who_could_type_a_password(system: Path) -> None:
    put(system / "apt-get", "#!/bin/sh\n")
    put(system / "sudo", "#!/bin/sh\nexit 1\n")  # as `sudo -n` does where it would have to ask
    done = made(system)
    assert done.returncode == 1
    assert done.stderr.endswith(COMMAND)


def test_without_apt_it_is_told_what_is_missing(system: Path) -> None:
    done = made(system)
    assert done.returncode == 1
    assert "no venv module" in done.stderr
