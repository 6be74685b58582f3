"""A worker's signs of life, and the end of one that takes no work though there is some.

Runs in the worker's own loop, so that a loop that hangs is silent: then the kernel's alarm ends the process, and
whoever keeps it running starts it again. What it had taken is given back.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from celery import bootsteps
from celery.worker import state

from archive.config import settings
from archive.ports import WorkerSeen
from archive.version import VERSION
from workers import broker, presence
from workers.queue import waiting

HANGING = 120  # seconds without a beat after which the kernel ends the process
IDLE_BEATS = 12  # beats (a minute) in which a worker with a free process takes nothing though messages wait

log = logging.getLogger(__name__)


class Starving:
    """Tells a worker that takes nothing from one that has nothing to take or no hand free."""

    def __init__(self, processes: int) -> None:
        self._processes = processes
        self._begun = -1
        self._beats = 0

    def is_seen(self, begun: int, busy: int, waiting: int) -> bool:
        """To be asked at each beat: how many tasks it has begun so far, how many it is busy with, how many messages
        wait. True when that has gone on for too long."""
        starves = waiting > 0 and busy < self._processes and begun == self._begun
        self._beats = self._beats + 1 if starves else 0
        self._begun = begun
        return self._beats >= IDLE_BEATS


class Heartbeat(bootsteps.StartStopStep):  # type: ignore[misc]  # Celery is not typed
    """A step of the consumer, begun anew with each connection."""

    requires = ("celery.worker.consumer.tasks:Tasks",)
    queues: Sequence[str] = ()

    def __init__(self, consumer: Any, **options: Any) -> None:
        super().__init__(consumer, **options)
        self._timer: Any = None
        self._worker = WorkerSeen(
            id=presence.own_id(),
            host=socket.gethostname(),
            pid=os.getpid(),
            version=VERSION,
            queues=tuple(self.queues),
            processes=consumer.controller.concurrency,
            since=datetime.now(UTC),
            seen=datetime.now(UTC),
        )
        self._starving = Starving(self._worker.processes)

    def start(self, consumer: Any) -> None:
        """What it held over a connection that is gone cannot be acknowledged any more: it is given back."""
        presence.quietly(self._give_back)
        self._timer = consumer.timer.call_repeatedly(presence.BEAT, self._beat)
        self._beat()

    def stop(self, consumer: Any) -> None:
        if self._timer is not None:
            self._timer.cancel()
        signal.alarm(0)
        self._tell(settings().task_seconds)  # the tasks at hand are being ended: nobody need take them over

    def _beat(self) -> None:
        signal.alarm(HANGING)
        self._tell(presence.ALIVE)
        presence.quietly(self._look)

    def _give_back(self) -> None:
        presence.give_back(settings(), self._client, self._worker.id)

    def _look(self) -> None:
        if not state.reserved_requests and not state.scheduled_requests:
            self._give_back()  # it has nothing in hand: what counts as taken could not be acknowledged
        there = sum(waiting(self._client, queue) for queue in self.queues)
        if self._starving.is_seen(sum(state.total_count.values()), len(state.reserved_requests), there):
            log.critical("%s messages wait and none is taken: this worker ends, to be started again", there)
            state.should_stop = os.EX_TEMPFAIL

    def _tell(self, alive_for: int) -> None:
        doing = tuple(_shown(request) for request in tuple(state.active_requests))
        now = presence.with_doing(self._worker, datetime.now(UTC), doing)
        presence.quietly(lambda: presence.tell(self._client, now, alive_for))

    @cached_property
    def _client(self) -> Any:
        return broker.client(settings())


def _shown(request: Any) -> str:
    about = request.args[0] if request.args else ""
    return f"{request.name.removeprefix('dossier.')} {about}"
