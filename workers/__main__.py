"""`python -m workers`: the worker, with one process a core."""

from __future__ import annotations

import logging
import os

from archive.config import settings
from workers.supervisor import die_with_parent

MOST_IN_FLIGHT = 1000  # messages that were being worked on when the worker before this one was killed


def main() -> None:
    """Runs until it is told to stop by SIGTERM, which lets the page at hand be finished."""
    die_with_parent()
    for name in ("OMP_NUM_THREADS", "OMP_THREAD_LIMIT", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = "1"  # one process a core: more threads only get into each other's way
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s")
    from workers.app import app

    if not settings().broker:  # nobody else works here: what is in flight was a dead worker's
        restore_in_flight()
    app.Worker(
        loglevel="INFO",
        pool="prefork",
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    ).start()


def restore_in_flight() -> None:
    """Puts back what a killed worker had taken and not acknowledged; Kombu itself would wait for a quarter of an
    hour."""
    from workers.app import app

    options = {**app.conf.broker_transport_options, "visibility_timeout": 0}
    with app.connection_for_write(transport_options=options) as connection:
        connection.default_channel.qos.restore_visible(num=MOST_IN_FLIGHT, interval=1)


if __name__ == "__main__":
    main()
