"""`python -m workers.indexer`: makes pages searchable as they are written. Does nothing else."""

from __future__ import annotations

import signal
from threading import Event

from archive import logs
from archive.config import settings
from search.embedded import open_index
from workers.supervisor import die_with_parent


def main() -> None:
    """Runs until SIGTERM."""
    die_with_parent()
    logs.begin(settings())
    stop = Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    index = open_index(settings().data / "index")
    try:
        index.follow(stop)
    finally:
        index.close()


if __name__ == "__main__":
    main()
