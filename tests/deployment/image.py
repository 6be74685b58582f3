"""The image, built without Docker's engine: buildah on a Debian made by debootstrap, in chroots. Needs root.

Everything lies in one folder of the tests and goes with it. Knows nothing of the services.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests import tools
from tests.deployment.compose import ROOT

RELEASE = "bookworm"
PACKAGES = "python3,python3-venv,ca-certificates"
BASE, IMAGE = "localhost/dossier-base", "localhost/dossier"
SECONDS = 1800
CERTIFICATES = "/run/secrets/certificates"  # where the Dockerfile has them
TAKEN_OVER = ("index-url", "extra-index-url", "trusted-host", "proxy", "timeout")  # of this machine's pip


class NotBuilt(Exception):
    """The image could not be built; with the end of what was said."""


@dataclass
class Builder:
    """Builds below `folder`, and runs commands in what it has built."""

    folder: Path
    _options: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._options = ["--root", str(self.folder / "images"), "--runroot", str(self.folder / "run")]
        self._options += ["--storage-driver", self._driver()]

    def build_base(self) -> None:
        """A small Debian with Python, as a stand-in for the image that the Dockerfile names."""
        root, context = self.folder / "debian", self.folder / "base"
        context.mkdir()
        run(["debootstrap", "--variant=minbase", f"--include={PACKAGES}", RELEASE, str(root)])
        run(["tar", "-C", str(root), "-cf", str(context / "root.tar"), "."])
        run(["rm", "-rf", "--one-file-system", str(root)])
        (context / "Dockerfile").write_text("FROM scratch\nADD root.tar /\n", "utf-8")
        self._buildah("bud", "--isolation", "chroot", "-t", BASE, str(context))
        (context / "root.tar").unlink()

    def build(self) -> None:
        """The image by the project's own Dockerfile."""
        given = ["--build-arg", f"BASE={BASE}", *self._secrets()]
        self._buildah("bud", "--isolation", "chroot", "--format", "docker", *given, "-t", IMAGE, str(ROOT))

    def container(self) -> str:
        """A container of the image; its id."""
        return self._buildah("from", "--pull-never", IMAGE).strip()

    def mount(self, container: str) -> Path:
        """The container's files."""
        return Path(self._buildah("mount", container).strip())

    def about(self) -> dict[str, Any]:
        """What stands in the image about how it is run."""
        read: dict[str, Any] = json.loads(self._buildah("inspect", "--type", "image", IMAGE))
        return read["Docker"]["config"]

    def command(
        self, container: str, words: Sequence[str], settings: Mapping[str, str], volumes: Mapping[Path, str]
    ) -> list[str]:
        """The command line that runs `words` in a container; `volumes` are folders and files here, and where there."""
        told = [word for name, value in settings.items() for word in ("--env", f"{name}={value}")]
        told += [word for here, there in volumes.items() for word in ("-v", f"{here}:{there}")]
        return [
            tools.find("image_builder"),
            *self._options,
            "run",
            "--isolation",
            "chroot",
            *told,
            container,
            "--",
            *words,
        ]

    def remove(self) -> None:
        """Takes everything away, what is mounted first."""
        subprocess.run([tools.find("image_builder"), *self._options, "rm", "--all"], capture_output=True, check=False)
        subprocess.run(["rm", "-rf", "--one-file-system", str(self.folder)], check=False)

    def _secrets(self) -> list[str]:
        """How pip is set up on this machine, for the build alone."""
        told = pip_settings()
        lines = ["[global]", *(f"{name} = {told[name]}" for name in TAKEN_OVER if name in told)]
        words = []
        if cert := told.get("cert"):
            lines.append(f"cert = {CERTIFICATES}")
            words = ["--secret", f"id=certificates,src={cert}"]
        file = self.folder / "pip.conf"
        file.write_text("\n".join(lines) + "\n", "utf-8")
        return [*words, "--secret", f"id=pip,src={file}"]

    def _driver(self) -> str:
        """Layers by the kernel where the folder's file system takes them, else whole copies."""
        options = ["--root", str(self.folder / "try"), "--runroot", str(self.folder / "try-run")]
        tried = [tools.find("image_builder"), *options, "--storage-driver", "overlay"]
        made = subprocess.run([*tried, "from", "scratch"], capture_output=True, text=True, check=False)
        works = (
            made.returncode == 0
            and not subprocess.run([*tried, "mount", made.stdout.strip()], capture_output=True, check=False).returncode
        )
        subprocess.run([*tried, "rm", "--all"], capture_output=True, check=False)
        return "overlay" if works else "vfs"

    def _buildah(self, *words: str) -> str:
        return run([tools.find("image_builder"), *self._options, *words], TMPDIR=str(self.folder))


def run(words: Sequence[str], **more: str) -> str:
    """What a command prints. Raises NotBuilt with the end of its errors."""
    done = subprocess.run(
        words, env={**os.environ, **more}, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    if done.returncode:
        raise NotBuilt(f"{' '.join(words[:8])} …\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
    return done.stdout


def pip_settings() -> dict[str, str]:
    """This machine's own settings of pip, by their plain names."""
    told = run([sys.executable, "-m", "pip", "config", "list"])
    found = {}
    for line in told.splitlines():
        name, _, value = line.partition("=")
        found[name.rpartition(".")[2]] = value.strip().strip("'")
    return found
