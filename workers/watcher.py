"""`python -m workers.watcher`: takes in what is put into the watched folder."""

from __future__ import annotations

import signal
from pathlib import Path
from threading import Event

from archive import logs
from archive.bootstrap import Application, build_whole
from archive.config import settings
from archive.domain.access import SYSTEM
from archive.domain.intake_job import Wish
from archive.services import intake
from ingest.door import open_file, shown
from ingest.watching import watch
from workers.supervisor import die_with_parent


def take(application: Application, path: Path, folder: str) -> None:
    """Brings one file into the archive; files of one folder and day are brought together. Raises ArchiveError."""
    ports = application.ports
    batch = f"{ports.clock.today():%Y%m%d}-{folder or application.settings.inbox.name}"
    with open_file(path) as file:
        intake.receive(
            ports, SYSTEM, file, shown(path), channel="folder", batch=batch, wish=Wish(folder=folder)
        )  # fmt: skip


def main() -> None:
    """Runs until SIGTERM."""
    die_with_parent()
    logs.begin(settings())
    stop = Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    application = build_whole(settings())
    try:
        watch(
            application.settings.inbox,
            lambda path, folder: take(application, path, folder),
            quiet=application.settings.watch_quiet_seconds,
            rescan=application.settings.watch_rescan_seconds,
            stop=stop,
        )
    finally:
        application.close()


if __name__ == "__main__":
    main()
