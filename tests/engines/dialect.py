"""A server that speaks Elasticsearch's dialect, from Python's package index: it tests the client's unchanged path.

It is no proof of concurrency or durability: that is what the real nodes are for.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from tests.engines.processes import Server, ask, free_ports

# What it lacks: which tests of the index fail there, and why. They are run all the same; one that passes has to go.
LACKS: Mapping[str, str] = {}


def lack(test: str) -> str:
    """Why a test, by its name without or with its parameters, cannot pass on this server; empty where it can."""
    return LACKS.get(test) or LACKS.get(test.partition("[")[0], "")


@cache
def program() -> str:
    """Where the server is; empty where it is not installed or does not run on this system."""
    spec = find_spec("noida_db")
    if spec is None or spec.origin is None:
        return ""
    path = Path(spec.origin).with_name("noida-db")
    try:
        path.chmod(0o755)
        done = subprocess.run([path, "version"], capture_output=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return str(path) if done.returncode == 0 else ""


def dialect_server(folder: Path) -> tuple[Server, str]:
    """The server, not started yet, and where it will answer."""
    (port,) = free_ports(1)
    url = f"http://127.0.0.1:{port}"
    command = [program(), "start", "--data-dir", str(folder / "data"), "--only", "elasticsearch"]
    command += ["--elasticsearch-port", str(port)]
    return Server("noida-db", command, folder, lambda: ask(url, seconds=5) is not None, 30.0), url
