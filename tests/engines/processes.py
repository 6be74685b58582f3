"""Servers that tests start: a process on a free port, with its folder and its log, that dies with the tests."""

from __future__ import annotations

import base64
import json
import os
import random
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from workers.supervisor import die_with_parent

LOG_SHOWN = 40  # lines
# Below the ports that the system gives to connections: one that asks a dead server again and again may else be given
# the server's own port, reach itself, and keep the server from coming back.
PORTS = range(20_000, 32_000)


class ServerFailed(Exception):
    """A server of the tests did not start, or does not answer."""


@dataclass
class Server:
    """One process. `is_ready` is asked until it says so."""

    name: str
    command: Sequence[str]
    folder: Path
    is_ready: Callable[[], bool]
    patience: float = 120.0  # seconds until it has to be ready, on a machine that is busy
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def log(self) -> Path:
        return self.folder / "log.txt"

    def start(self) -> None:
        """Starts the process. Does not wait."""
        self.folder.mkdir(parents=True, exist_ok=True)
        parent = os.getpid()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,
                preexec_fn=lambda: die_with_parent(parent),  # noqa: PLW1509  (that is all it does)
            )

    def wait(self) -> None:
        """Waits until the server is ready. Raises ServerFailed with the end of its log."""
        until = time.monotonic() + self.patience
        while not self.is_ready():
            if self.process is None or self.process.poll() is not None:
                raise ServerFailed(f"{self.name} ended\n{self.tail()}")
            if time.monotonic() > until:
                raise ServerFailed(f"{self.name} is not ready after {self.patience:.0f} s\n{self.tail()}")
            time.sleep(0.1)

    def stop(self) -> None:
        """Asks the process to end and waits; kills it where that takes too long."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """As `kill -9`."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def restart(self) -> None:
        """Starts the process again on the same folder and waits until it is ready."""
        self.start()
        self.wait()

    def tail(self) -> str:
        """The end of the log."""
        try:
            lines = self.log.read_text("utf-8", "replace").splitlines()
        except OSError:
            return ""
        return "\n".join(lines[-LOG_SHOWN:])


def free_ports(number: int) -> list[int]:
    """Ports of this machine that nobody listens on."""
    found: list[int] = []
    for port in random.sample(PORTS, 500):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        found.append(port)
        if len(found) == number:
            return found
    raise ServerFailed("no port is free")


def ask(url: str, method: str = "GET", *, seconds: float = 30.0) -> Any:
    """What a search server answers, as JSON; None where it does not answer, or answers with an error. A name and a
    password may stand in the URL."""
    scheme, _, rest = url.partition("://")
    login, _, place = rest.partition("/")[0].rpartition("@")
    path = rest.partition("/")[2]
    request = urllib.request.Request(f"{scheme}://{place}/{path}", method=method)
    if login:
        request.add_header("Authorization", _basic(login))
    try:
        with urllib.request.urlopen(request, timeout=seconds) as answer:
            return json.loads(answer.read() or b"null")
    except (OSError, urllib.error.URLError, ValueError):
        return None


def _basic(login: str) -> str:
    return "Basic " + base64.b64encode(unquote(login).encode()).decode()
