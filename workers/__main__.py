"""`python -m workers`: the worker, with one process a core.

`--queues ocr` reads pages, `--queues index` does the short steps; without it a worker does both.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Callable

from redis.exceptions import RedisError

from archive import metrics
from archive.config import settings
from workers import broker, measuring, messages, presence
from workers.messages import QUEUES
from workers.supervisor import die_with_parent

log = logging.getLogger("workers")


def main() -> int:
    """Runs until it is told to stop by SIGTERM, which lets the page at hand be finished. Exit codes: 0 stopped, 1 or
    75 it could not go on and wants to be started again."""
    die_with_parent()
    for name in ("OMP_NUM_THREADS", "OMP_THREAD_LIMIT", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = "1"  # one process a core: more threads only get into each other's way
    measuring.begin(settings())
    _choose(_arguments().queues)
    from workers.app import app

    _quietly(lambda: presence.give_back_of_the_dead(settings()))
    worker = app.Worker(
        loglevel="INFO",
        quiet=True,  # its greeting is no line of a log
        pool="prefork",
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )
    worker.start()
    _quietly(lambda: presence.leave(settings(), broker.client(settings()), presence.own_id()))
    metrics.end()
    return int(worker.exitcode or 0)


def _arguments() -> argparse.Namespace:
    asked = argparse.ArgumentParser(prog="python -m workers", description="Does the archive's work.")
    asked.add_argument("--queues", default=",".join(QUEUES), help="ocr, index, or both with a comma between (default)")
    return asked.parse_args()


def _choose(queues: str) -> None:
    """Tells the application which queues it listens to. Ends the process where there is no such queue."""
    unknown = set(queues.split(",")) - set(QUEUES)
    if unknown:
        sys.exit(f"python -m workers: no such queue: {', '.join(sorted(unknown))} (there are {', '.join(QUEUES)})")
    messages.listening[:] = [queue for queue in QUEUES if queue in queues.split(",")]


def _quietly(work: Callable[[], object]) -> None:
    """Tidying up waits for no broker: the scheduler does it too."""
    try:
        work()
    except (RedisError, OSError) as reason:
        log.warning("left to the scheduler: %s", reason)


if __name__ == "__main__":
    sys.exit(main())
