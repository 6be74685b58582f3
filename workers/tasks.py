"""The tasks: each calls one service and maps its errors. They decide nothing.

What fails for a reason of the moment (the disk is full, the index is away) is tried again, later each time; whatever
else happens is logged, and the sweeper looks again at what is still open.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any

from celery import Task
from celery.utils.log import get_task_logger

from archive.errors import ArchiveError, Conflict, NotFound, Unavailable
from archive.ports import Ports
from archive.services import intake, rereading
from workers.app import app, application, drop_letter, keep_letter
from workers.dead_letters import Message
from workers.messages import FINISH, FORM, QUEUE_OF, READ, REREAD, SPLIT, queue_name
from workers.turns import read_turn

log = get_task_logger(__name__)

TRIES = 12
FIRST_WAIT, LONGEST_WAIT = 10, 30  # seconds; doubled at each try, and never long, so that work goes on soon


def step(name: str) -> Callable[[Callable[..., None]], Any]:
    """Makes a task of a function over the ports."""

    def made(work: Callable[..., None]) -> Any:
        @app.task(name=name, bind=True, max_retries=TRIES)
        @wraps(work)
        def run(self: Task, *args: object) -> None:
            message = Message(name, args, self.request.delivery_info.get("priority") or 0)
            if not _fits(work, args):
                keep_letter(message, "letter_not_understood", f"{len(args)} arguments")
                return
            try:
                work(application().ports, *args)
            except Unavailable as reason:
                _try_later(self, message, reason)
            except (NotFound, Conflict) as reason:  # deleted, or done by somebody else meanwhile
                log.info("%s%s left: %s", name, args, reason)
            except ArchiveError as reason:
                keep_letter(message, "letter_failed", str(reason))
            except Exception as reason:  # a fault of ours: the process goes on, a person learns of it
                log.exception("%s%s", name, args)
                keep_letter(message, "letter_failed", repr(reason))
            else:
                drop_letter(message)

        return run

    return made


def _fits(work: Callable[..., None], args: tuple[object, ...]) -> bool:
    try:
        inspect.signature(work).bind(None, *args)
    except TypeError:
        return False
    return True


def _try_later(task: Task, message: Message, reason: Unavailable) -> None:
    """Sends it again for a later moment, to its own queue and with its own priority; after the last try it is kept."""
    tries = task.request.retries
    if tries >= TRIES:
        keep_letter(message, "letter_waited", str(reason))
        return
    wait = min(FIRST_WAIT * 2**tries, LONGEST_WAIT)
    log.warning("%s%s waits %s s: %s", message.name, message.args, wait, reason)
    queue = queue_name(QUEUE_OF[message.name], FORM)
    raise task.retry(exc=reason, countdown=wait, queue=queue, priority=message.priority) from reason


@step(SPLIT)
def split(ports: Ports, job: str) -> None:
    """Looks what a file is and has its pages read."""
    intake.split(ports, job)


@step(READ)
def read(ports: Ports, document: str, numbers: list[int], priority: int, rest: list[tuple[str, list[int]]]) -> None:
    """Reads pages of a document for a turn and sends the rest to the end of the queue: files take turns."""
    read_turn(ports, document, numbers, priority, rest)


@step(FINISH)
def finish(ports: Ports, document: str) -> None:
    """Classifies and files a document whose pages are all final."""
    intake.finish(ports, document)


@step(REREAD)
def reread(ports: Ports, document: str, after: int) -> None:
    """Reads one page again with the careful engine."""
    rereading.next_page(ports, document, after)
