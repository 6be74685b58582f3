"""`python -m workers.scheduler`: what has to happen by itself, again and again, each thing at its own pace.

One thing that fails is logged and does not keep the others from their turn. Decides nothing: each is one service.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from redis.exceptions import RedisError

from archive import logs, metrics
from archive.config import settings
from archive.errors import ArchiveError
from archive.ports import Ports
from archive.services import reconcile, rereading, sweeping
from workers import presence
from workers.supervisor import die_with_parent

if TYPE_CHECKING:
    from archive.bootstrap import Application

log = logging.getLogger("workers.scheduler")

RECONCILE_SECONDS = 300.0
GIVE_BACK_SECONDS = 10.0  # a worker that has said nothing for half a minute is dead
PULSE = 0.5  # seconds
STOP_SECONDS = 5.0  # that the end waits for what goes on beside


@dataclass
class Duty:
    """Something that is done every `every` seconds, the first time `first` seconds from now."""

    name: str
    every: float
    work: Callable[[], object]
    first: float = 0.0

    def __post_init__(self) -> None:
        self._due = time.monotonic() + self.first

    def do_when_due(self) -> None:
        """Does it if it is time; an error is logged and the next time comes all the same."""
        if time.monotonic() < self._due:
            return
        try:
            done = self.work()
            if done:
                log.info("%s: %s", self.name, done)
        except (ArchiveError, RedisError, OSError) as reason:
            log.warning("%s: %s", self.name, reason)
        except Exception:  # the schedule outlives a fault of one duty
            log.exception(self.name)
        self._due = time.monotonic() + self.every


class Beside:
    """A duty that may take long, done in a thread of its own: it keeps the others from nothing, and never runs twice
    at once."""

    def __init__(self, duty: Duty, stop: threading.Event) -> None:
        self._duty, self._stop = duty, stop
        self._thread = threading.Thread(target=self._run, name=duty.name, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._stop.wait(PULSE):
            self._duty.do_when_due()

    def end(self) -> None:
        """Waits a while for it, when `stop` is set; what it does may be broken off anywhere."""
        self._thread.join(STOP_SECONDS)


class _StoppedError(Exception):
    """The process is about to end."""


class Reconciling:
    """Writes what a crash left out: all of the archive at the first time, then what was changed since. Breaks off when
    `stop` is set."""

    def __init__(self, ports: Ports, stop: threading.Event) -> None:
        self._ports, self._stop = ports, stop
        self._last = reconcile.Reconciled()

    def __call__(self) -> str:
        last = self._last
        try:
            done = reconcile.reconcile(self._ports, last.positions, self._go_on, unfiled=last.unfiled)
        except _StoppedError:
            return ""
        self._last = done
        return "" if done.nothing else str(done)

    def _go_on(self, _done: int, _whole: int) -> None:
        if self._stop.is_set():
            raise _StoppedError


def duties(application: Application) -> list[Duty]:
    """What this archive has to have done by itself, one after the other."""
    ports = application.ports
    pace = application.settings.sweep_seconds
    found = [
        Duty("give back", GIVE_BACK_SECONDS, lambda: presence.give_back_of_the_dead(application.settings)),
        Duty("sweep", pace, lambda: sweeping.sweep(ports)),
    ]
    if ports.careful is not None:
        found.append(Duty("reread", pace, lambda: rereading.start(ports, processes()), first=pace))
    return found


def reconciling(application: Application, stop: threading.Event) -> Beside:
    """Reconciling, begun now and going on until `stop`. Its first time takes long where the archive is large."""
    work = Reconciling(application.ports, stop)
    return Beside(Duty("reconcile", RECONCILE_SECONDS, work, first=10.0), stop)


def processes() -> int:
    """How many pages are read at once."""
    return settings().workers or os.cpu_count() or 1


def main() -> None:
    """Runs until SIGTERM."""
    die_with_parent()
    logs.begin(settings())
    metrics.begin()
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    from archive.bootstrap import build_whole

    application = build_whole(settings())
    try:
        metrics.serve(settings(), application.ports.queue)
        planned = duties(application)
        beside = reconciling(application, stop)
        while not stop.wait(PULSE):
            for duty in planned:
                duty.do_when_due()
        beside.end()
    finally:
        application.close()
        metrics.end()


if __name__ == "__main__":
    main()
