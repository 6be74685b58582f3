"""The tasks: each calls one service and maps its errors. They decide nothing.

What fails for a reason of the moment (the disk is full, the index is away) is tried again, later each time; whatever
else happens is logged, and the sweeper looks again at what is still open.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from celery import Task
from celery.utils.log import get_task_logger

from archive.errors import ArchiveError, Conflict, NotFound, Unavailable
from archive.ports import Ports
from archive.services import intake, rereading
from workers import stopping
from workers.app import app, application
from workers.queue import FINISH, READ, REREAD, SPLIT

log = get_task_logger(__name__)

STRETCH = 25.0  # seconds after which the rest of a batch is sent anew: with the slowest page still within the limit
TRIES = 6
FIRST_WAIT = 10  # seconds; doubled at each try


def step(name: str) -> Callable[[Callable[..., None]], Any]:
    """Makes a task of a function over the ports."""

    def made(work: Callable[..., None]) -> Any:
        @app.task(name=name, bind=True, max_retries=TRIES)
        @wraps(work)
        def run(self: Task, *args: object) -> None:
            try:
                work(application().ports, *args)
            except Unavailable as reason:
                wait = FIRST_WAIT * 2**self.request.retries
                log.warning("%s%s waits %s s: %s", name, args, wait, reason)
                raise self.retry(exc=reason, countdown=wait) from reason
            except (NotFound, Conflict) as reason:  # deleted, or done by somebody else meanwhile
                log.info("%s%s left: %s", name, args, reason)
            except ArchiveError:
                log.exception("%s%s", name, args)

        return run

    return made


@step(SPLIT)
def split(ports: Ports, job: str) -> None:
    """Looks what a file is and has its pages read."""
    intake.split(ports, job)


@step(READ)
def read(ports: Ports, document: str, numbers: list[int]) -> None:
    """Reads pages of a document, as many as fit into a task."""
    end = time.monotonic() + STRETCH
    left = intake.read_pages(
        ports, document, numbers, go_on=lambda: time.monotonic() < end and not stopping.is_announced()
    )
    if left:
        ports.queue.read(document, left)


@step(FINISH)
def finish(ports: Ports, document: str) -> None:
    """Classifies and files a document whose pages are all final."""
    intake.finish(ports, document)


@step(REREAD)
def reread(ports: Ports, document: str, after: int) -> None:
    """Reads one page again with the careful engine."""
    rereading.next_page(ports, document, after)
