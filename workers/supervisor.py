"""Keeps processes running: starts them, starts a dead one again after a while, stops them all.

Knows nothing of what they do. Children die with this process however it ends. Everything happens in the thread that
calls; the kernel ends a child when the thread that started it ends, so that has to be the main one.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

PR_SET_PDEATHSIG = 1
FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0  # seconds before a dead process is started again, doubled each time
STEADY = 60.0  # seconds after which a process counts as running well
LOG_LIMIT = 5 * 1024**2  # bytes; a longer log is put aside at the next start
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def die_with_parent(parent: int | None = None) -> None:
    """Has the kernel kill this process when its parent ends; at once if the parent (by pid) is gone already."""
    if _LIBC is None:
        return
    _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if parent is not None and os.getppid() != parent:
        os._exit(1)


@dataclass(frozen=True)
class Part:
    """One process. `command` is asked at every start; `patience` is how many seconds it is given to stop; `settings`
    are variables of its own beside those of this process."""

    name: str
    command: Callable[[], Sequence[str]]
    patience: float = 10.0
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass
class _Running:
    part: Part
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    wait: float = FIRST_WAIT
    due: float = 0.0  # when it is started again, where it is dead


@dataclass
class Supervisor:
    """`logs` is the folder for the processes' output; `tell` is called with the name and the exit status of each that
    died."""

    logs: Path
    tell: Callable[[str, int], None]
    _running: list[_Running] = field(default_factory=list)

    def start(self, part: Part) -> None:
        """Starts a process and keeps it running from now on."""
        running = _Running(part)
        self._running.append(running)
        self._spawn(running)

    def look(self) -> None:
        """Starts again what has died and waited long enough; to be called a few times a second."""
        now = time.monotonic()
        for running in self._running:
            if running.process is None:
                if now >= running.due:
                    self._spawn(running)
            elif (status := running.process.poll()) is not None:
                self._note_death(running, status, now)

    def pid(self, name: str) -> int | None:
        """The process id of a part; None while it is down."""
        return next(
            (r.process.pid for r in self._running if r.part.name == name and r.process and r.process.poll() is None),
            None,
        )

    def stop(self) -> None:
        """Stops all, the one started last first; what does not stop in time is killed."""
        while self._running:
            self._end(self._running.pop())

    def _spawn(self, running: _Running) -> None:
        parent = os.getpid()
        with open(self._log(running.part.name), "ab") as log:
            running.process = subprocess.Popen(
                running.part.command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **running.part.settings},
                start_new_session=True,  # Ctrl-C reaches us alone; we stop them in order
                preexec_fn=lambda: die_with_parent(parent),  # noqa: PLW1509  (this process has no other thread)
            )
        running.started = time.monotonic()

    def _log(self, name: str) -> Path:
        self.logs.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self.logs / f"{name}.log"
        if path.exists() and path.stat().st_size > LOG_LIMIT:
            path.replace(path.with_suffix(".log.1"))
        return path

    def _note_death(self, running: _Running, status: int, now: float) -> None:
        if now - running.started > STEADY:
            running.wait = FIRST_WAIT
        running.process, running.due = None, now + running.wait
        running.wait = min(running.wait * 2, LONGEST_WAIT)
        self.tell(running.part.name, status)

    @staticmethod
    def _end(running: _Running) -> None:
        process = running.process
        if process is None or process.poll() is not None:
            return
        process.terminate()
        try:
            process.wait(running.part.patience)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
