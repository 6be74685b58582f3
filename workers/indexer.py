"""`python -m workers.indexer`: makes pages searchable as they are written. Does nothing else."""

from __future__ import annotations

import logging
import signal
from threading import Event

from archive.config import settings
from search.embedded import open_index
from workers.supervisor import die_with_parent


def main() -> None:
    """Runs until SIGTERM."""
    die_with_parent()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
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
