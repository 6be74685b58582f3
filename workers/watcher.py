"""`python -m workers.watcher`: takes in what is put into the watched folder.

Its loop gives signs of life: to the broker for the health screen, and to the kernel, which ends the process where they
stay away. Whoever keeps it running starts it again; the whole folder is looked at anew, and nothing is lost.
"""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from threading import Event
from typing import Any

from archive import logs, measures, metrics
from archive.bootstrap import Application, build_whole
from archive.config import Settings, settings
from archive.domain.access import SYSTEM
from archive.domain.intake_job import Wish
from archive.errors import ArchiveError
from archive.ports import WorkerSeen
from archive.services import intake
from archive.version import VERSION
from ingest.door import open_file, shown
from ingest.watching import watch
from workers import broker, presence
from workers.supervisor import die_with_parent

HANGING = 120  # seconds without a sign after which the kernel ends the process
SHOWN_TAKING = 300  # seconds that it is shown as living while it takes one file: a dead one is not shown for longer
TAKING = 60 * 60  # seconds for one file to reach the store, however large it is and however slow the store


class Signs:
    """The signs of life of the loop that watches. To be called at every turn of it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._since = datetime.now(UTC)
        self._next = 0.0

    def __call__(self) -> None:
        signal.alarm(HANGING)
        if time.monotonic() >= self._next:
            self._tell(presence.ALIVE)

    @contextmanager
    def taking(self) -> Iterator[None]:
        """A file is being taken: there is no sign until it is."""
        signal.alarm(TAKING)
        self._tell(SHOWN_TAKING, "take")
        try:
            yield
        finally:
            self._next = 0.0
            self()

    def end(self) -> None:
        """It stops by itself, and is not told of any more."""
        signal.alarm(0)
        presence.quietly(lambda: presence.leave(self._settings, self._client, presence.own_id()))

    def _tell(self, alive_for: int, *doing: str) -> None:
        self._next = time.monotonic() + presence.BEAT
        now = WorkerSeen(
            id=presence.own_id(),
            host=socket.gethostname(),
            pid=os.getpid(),
            version=VERSION,
            queues=(),
            processes=1,
            since=self._since,
            seen=datetime.now(UTC),
            doing=doing,
        )
        presence.quietly(lambda: presence.tell(self._client, now, alive_for))

    @cached_property
    def _client(self) -> Any:
        return broker.client(self._settings)


def take(application: Application, signs: Signs, path: Path, folder: str) -> None:
    """Brings one file into the archive; files of one folder and day are brought together. Raises ArchiveError."""
    ports = application.ports
    batch = f"{ports.clock.today():%Y%m%d}-{folder or application.settings.inbox.name}"
    try:
        with signs.taking(), open_file(path) as file:
            intake.receive(
                ports, SYSTEM, file, shown(path), channel="folder", batch=batch, wish=Wish(folder=folder)
            )  # fmt: skip
    except ArchiveError as reason:
        measures.tell("failure", what="file", reason=reason.key)
        raise
    measures.tell("file")


def main() -> None:
    """Runs until SIGTERM."""
    die_with_parent()
    logs.begin(settings())
    metrics.begin()
    stop = Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    application = build_whole(settings())
    signs = Signs(settings())
    try:
        metrics.serve(settings())
        watch(
            application.settings.inbox,
            lambda path, folder: take(application, signs, path, folder),
            quiet=application.settings.watch_quiet_seconds,
            rescan=application.settings.watch_rescan_seconds,
            stop=stop,
            alive=signs,
        )
    finally:
        signs.end()
        application.close()
        metrics.end()


if __name__ == "__main__":
    main()
