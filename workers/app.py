"""The Celery application of the workers: one process a core, one task at a time in each, acknowledged when done.

Started by `python -m workers`. Opens nothing before the pool's processes are there; each builds its own application.
"""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from celery import signals

from archive.config import settings
from workers import stopping
from workers.queue import celery_app
from workers.supervisor import die_with_parent

if TYPE_CHECKING:
    from archive.bootstrap import Application

TASK_SECONDS = 5 * 60  # the queue's visibility is three times that

app = celery_app(settings())
app.set_current()
app.conf.update(
    imports=("workers.tasks",),
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_time_limit=TASK_SECONDS,
    worker_concurrency=settings().workers or os.cpu_count() or 1,
    worker_prefetch_multiplier=1,
    worker_proc_alive_timeout=60.0,  # seconds for a process to open the archive, on a busy machine too
    worker_send_task_events=False,
    worker_enable_remote_control=False,
    worker_hijack_root_logger=False,
    worker_redirect_stdouts=False,
    worker_cancel_long_running_tasks_on_connection_loss=False,
)


@lru_cache(maxsize=1)
def application() -> Application:
    """The archive as this process has opened it, built at the first task."""
    from archive.bootstrap import build

    return build(settings())


@signals.worker_process_init.connect
def _begin_process(**_: Any) -> None:
    die_with_parent()
    stopping.listen()
    application()  # now, while nobody waits, and not when the first page does


@signals.worker_process_shutdown.connect
def _end_process(**_: Any) -> None:
    if application.cache_info().currsize:
        application().close()


@signals.worker_shutting_down.connect
def _tell_pool(**_: Any) -> None:
    stopping.announce()
