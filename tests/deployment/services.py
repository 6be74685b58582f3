"""The services of the compose file, started out of the image: their commands and settings are the file's, and only
addresses, ports and the places of volumes are those of this machine, by one table.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.deployment import compose
from tests.deployment.image import Builder
from tests.engines.processes import free_ports
from workers.supervisor import die_with_parent

PATIENCE = 240.0  # seconds, on a busy machine
USER = 1000  # of the image
SECRETS = ("index_password", "broker_password")
SERVICES = ("web", "ocr-worker", "index-worker", "scheduler")
# What the file says and a machine shared with other tests cannot have: fewer processes.
FEWER = {"DOSSIER_WORKERS": "1"}


def wait_until(true: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
    """Returns when `true()` is; fails the test where it takes too long."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            pytest.fail(f"waited {seconds:.0f} s in vain for: {what}")
        time.sleep(0.2)


@dataclass
class Deployment:
    """One container's files and the processes started in it. `index` and `broker` are addresses here."""

    builder: Builder
    folder: Path
    index: str
    container: str = ""
    ports: dict[str, int] = field(default_factory=dict)
    _running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        names = ("web", "broker", *(f"{name} figures" for name in SERVICES))
        self.ports = dict(zip(names, free_ports(len(names)), strict=True))
        self.container = self.builder.container()
        self.root = self.builder.mount(self.container)
        for name in ("data", "scratch", "secrets", "logs", "broker"):
            (self.folder / name).mkdir()
            os.chown(self.folder / name, USER, USER)
        for name in SECRETS:
            file = self.folder / "secrets" / name
            file.write_text(f"{secrets.token_hex(16)}\n", "utf-8")
            file.chmod(0o400)
            os.chown(file, USER, USER)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.ports['web']}"

    def secret(self, name: str) -> str:
        return (self.folder / "secrets" / name).read_text("utf-8").strip()

    def settings(self, name: str) -> dict[str, str]:
        """A service's settings, with the addresses of this machine."""
        table = {
            "http://index:9200": self.index,
            "redis://broker:6379/0": f"redis://127.0.0.1:{self.ports['broker']}/0",
        }
        ports = {"DOSSIER_PORT": str(self.ports["web"]), "DOSSIER_METRICS_PORT": str(self.ports[f"{name} figures"])}
        found = {key: table.get(value, value) for key, value in compose.environment(name).items()}
        fewer = {key: value for key, value in FEWER.items() if key in found}
        return found | {key: value for key, value in ports.items() if key in found} | fewer

    def start_broker(self) -> None:
        """The Redis of the file, by its own words, on this machine's program."""
        shim = self.folder / "bin"
        shim.mkdir()
        entry = shim / "docker-entrypoint.sh"
        entry.write_text(f'#!/bin/sh\nexec "$@" --port {self.ports["broker"]} --bind 127.0.0.1\n', "utf-8")
        entry.chmod(0o755)
        owner = shim / "chown"
        owner.write_text("#!/bin/sh\n", "utf-8")
        owner.chmod(0o755)
        places = {"/run/secrets": self.folder / "secrets", "/run/broker.conf": self.folder / "broker.conf"}
        places["--dir /data"] = Path(f"--dir {self.folder / 'broker'}")
        words = compose.command("broker")
        for there, here in places.items():
            words = [word.replace(there, str(here)) for word in words]
        self._spawn("broker", words, {**os.environ, "PATH": f"{shim}:{os.environ['PATH']}"})

    def start(self, name: str) -> None:
        """A service, out of the image."""
        self._spawn(name, self.command(name, compose.command(name)), dict(os.environ))

    def command(self, name: str, words: Sequence[str]) -> list[str]:
        """The command line that runs `words` as a process of a service."""
        volumes = {self.folder / "data": "/data", self.folder / "scratch": "/scratch"}
        volumes |= {self.folder / "secrets" / one: f"/run/secrets/{one}" for one in SECRETS}
        return self.builder.command(self.container, words, self.settings(name), volumes)

    def run(self, name: str, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        """As `docker-compose exec -T NAME WORDS`, to its end. What it says goes by files: of a process that ends at
        once the builder's pipes may lose it."""
        said = f"said-{secrets.token_hex(4)}"
        shell = ("sh", "-c", f'exec "$@" >/scratch/{said}.out 2>/scratch/{said}.err', "sh", *words)
        ended = subprocess.run(
            self.command(name, shell), input=typed, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        out, err = (self.folder / "scratch" / f"{said}.{kind}" for kind in ("out", "err"))
        told = out.read_text("utf-8") if out.exists() else ""
        complaints = ended.stderr + (err.read_text("utf-8") if err.exists() else "")
        return subprocess.CompletedProcess(list(words), ended.returncode, told, complaints)

    def is_healthy(self, name: str) -> bool:
        """What the service's health check says, asked for at this machine's port."""
        port = str(self.ports.get(f"{name} figures", 0))
        words = [word.replace("127.0.0.1:9400", f"127.0.0.1:{port}") for word in compose.health_check(name)]
        return self.run(name, *words).returncode == 0

    def pids(self, name: str) -> list[int]:
        """The service's processes inside the container, the first one first."""
        first = self._running[name].pid
        return [pid for pid in (first, *descendants(first)) if not _is_builder(pid)]

    def stop(self, name: str) -> int:
        """As Docker does: SIGTERM to the first process. Its exit code."""
        os.kill(self.pids(name)[0], signal.SIGTERM)
        return self._running.pop(name).wait(PATIENCE)

    def log(self, name: str) -> str:
        return (self.folder / "logs" / f"{name}.log").read_text("utf-8", "replace")

    def lines(self, name: str) -> list[dict[str, Any]]:
        """What a service has logged; every line is JSON."""
        return [json.loads(line) for line in self.log(name).splitlines() if line.strip()]

    def close(self) -> None:
        """Ends everything that still runs."""
        for running in self._running.values():
            for pid in [*reversed(descendants(running.pid)), running.pid]:
                _kill(pid)
            running.wait()
        self._running.clear()

    def _spawn(self, name: str, words: Sequence[str], environment: Mapping[str, str]) -> None:
        parent = os.getpid()
        with (self.folder / "logs" / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=dict(environment), start_new_session=True,
                preexec_fn=lambda: die_with_parent(parent),  # noqa: PLW1509  (that is all it does)
            )  # fmt: skip


def descendants(pid: int) -> list[int]:
    """The processes below one, parents before children."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        parent = _parent(folder)
        if parent:
            children.setdefault(parent, []).append(int(folder.name))
    return list(_below(pid, children))


def _below(pid: int, children: Mapping[int, Sequence[int]]) -> Iterator[int]:
    for child in sorted(children.get(pid, ())):
        yield child
        yield from _below(child, children)


def _parent(folder: Path) -> int:
    try:
        return int((folder / "stat").read_text().rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0


def _is_builder(pid: int) -> bool:
    """Whether it is one of those by which the builder starts what it is told to."""
    try:
        return "buildah" in Path(f"/proc/{pid}/cmdline").read_text("utf-8", "replace").partition("\0")[0]
    except (FileNotFoundError, ProcessLookupError):
        return True


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
