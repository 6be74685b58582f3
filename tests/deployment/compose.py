"""The compose file as Docker's own tool reads it: every variable put in, every anchor resolved."""

from __future__ import annotations

import os
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests import tools

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "docker-compose.yml"


@cache
def composed() -> dict[str, Any]:
    """What `docker-compose config` makes of the file, without variables of whoever runs the tests. Raises where the
    file's form is wrong."""
    plain = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [tools.find("docker_compose"), "-f", FILE, "config"],
        cwd=ROOT, env=plain, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    read: dict[str, Any] = yaml.safe_load(done.stdout)
    return read


def service(name: str) -> dict[str, Any]:
    """A service of the file."""
    found: dict[str, Any] = composed()["services"][name]
    return found


def command(name: str) -> list[str]:
    """The words that a service is started with."""
    return [str(word).replace("$$", "$") for word in service(name)["command"]]


def environment(name: str) -> dict[str, str]:
    """The settings of a service."""
    return {key: str(value).replace("$$", "$") for key, value in service(name)["environment"].items()}


def health_check(name: str) -> list[str]:
    """The words of a service's health check."""
    kind, *words = service(name)["healthcheck"]["test"]
    words = [str(word).replace("$$", "$") for word in words]
    return ["sh", "-c", *words] if kind == "CMD-SHELL" else words
