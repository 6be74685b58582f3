"""The Celery application of the workers: one process a core, one task at a time in each, acknowledged when done.

Started by `python -m workers`. Opens nothing before the pool's processes are there; each builds its own application.
"""

from __future__ import annotations

import json
import logging
import os
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from celery import signals
from redis.exceptions import RedisError

from archive import measures
from archive.config import settings
from archive.services import page_reading
from workers import broker, dead_letters, presence, stopping
from workers.dead_letters import Message
from workers.heartbeat import Heartbeat
from workers.messages import celery_app, listening
from workers.supervisor import die_with_parent

if TYPE_CHECKING:
    from archive.bootstrap import Application

log = logging.getLogger(__name__)


app = celery_app(settings(), tuple(listening), presence.own_id())
app.set_current()
app.conf.update(
    imports=("workers.tasks",),
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_time_limit=settings().task_seconds,
    worker_concurrency=settings().workers or os.cpu_count() or 1,
    worker_prefetch_multiplier=1,
    worker_proc_alive_timeout=60.0,  # seconds for a process to open the archive, on a busy machine too
    worker_send_task_events=False,
    worker_enable_remote_control=False,
    worker_hijack_root_logger=False,
    worker_redirect_stdouts=False,
    worker_cancel_long_running_tasks_on_connection_loss=False,
)
Heartbeat.queues = tuple(listening)
app.steps["consumer"].add(Heartbeat)


@lru_cache(maxsize=1)
def application() -> Application:
    """The archive as this process has opened it, built at the first task."""
    from archive.bootstrap import build_whole

    return build_whole(settings())


def keep_letter(message: Message, reason: str, detail: str) -> None:
    """Keeps a message that cannot be done; where the broker is away it is only logged."""
    log.error("%s%s: %s %s", message.name, tuple(message.args), reason, detail)
    measures.tell("failure", what="task", reason=reason)
    try:
        dead_letters.keep(_client(), message, reason, detail)
    except (RedisError, OSError) as why:
        log.warning("not kept: %s", why)


def drop_letter(message: Message) -> None:
    """Drops the letter of a message that has been done after all."""
    try:
        dead_letters.drop_done(_client(), message)
    except (RedisError, OSError) as why:
        log.warning("still kept: %s", why)


@lru_cache(maxsize=1)
def _client() -> Any:
    return broker.client(settings())


@signals.task_unknown.connect
def _keep_unknown(message: Any = None, name: str = "", **_: Any) -> None:
    keep_letter(_message(name, message), "letter_not_understood", "no such step")


@signals.task_rejected.connect
def _keep_rejected(message: Any = None, exc: BaseException | None = None, **_: Any) -> None:
    name = str(message.headers.get("task", ""))
    keep_letter(_message(name, message), "letter_not_understood", repr(exc) if exc else "not a task's message")


def _message(name: str, message: Any) -> Message:
    """As much of a message as can be understood."""
    try:
        args = json.loads(message.body)[0]
    except (ValueError, TypeError, KeyError, IndexError):
        args = None
    return Message(name, args if isinstance(args, list) else [], message.properties.get("priority") or 0)


@signals.worker_process_init.connect
def _begin_process(**_: Any) -> None:
    die_with_parent()
    stopping.listen()
    stopping.when_announced(page_reading.put_back_tries)  # the page at hand may take longer than the stop waits
    _client.cache_clear()  # not the parent's connection
    application()  # now, while nobody waits, and not when the first page does


@signals.worker_process_shutdown.connect
def _end_process(**_: Any) -> None:
    if application.cache_info().currsize:
        application().close()


@signals.worker_shutting_down.connect
def _tell_pool(**_: Any) -> None:
    stopping.announce()
