"""The task queue's adapters: messages to Celery's workers, or the steps run at once in this process.

The queue is a hint. A message that cannot be sent is logged and left to the sweeper, and never fails the one who
sent it. Tasks are sent by name, so that nothing here imports `workers.tasks`.
"""

from __future__ import annotations

import heapq
import logging
import time
from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING, Any

from archive.config import Settings
from archive.ports import Ports
from archive.services import intake, rereading
from workers import broker

if TYPE_CHECKING:
    from celery import Celery

log = logging.getLogger(__name__)

QUEUE = "dossier"
SPLIT, READ, FINISH, REREAD = "dossier.split", "dossier.read", "dossier.finish", "dossier.reread"
PRIORITIES = tuple(range(10))  # 0 is taken first
REREAD_PRIORITY = PRIORITIES[-1]  # behind everything else
SEPARATOR = "\x06\x16"  # Kombu's, between a queue's name and its priority
PAUSE = 5.0  # seconds in which a broker that did not answer is not asked again
SECONDS_TO_CONNECT = 2.0


def celery_app(settings: Settings) -> Celery:
    """A Celery application on the archive's broker, without tasks. Celery is imported here, not above: only those who
    send or work pay for it."""
    from celery import Celery

    app = Celery("dossier", broker=broker.url(settings), set_as_current=False)
    app.conf.update(
        task_default_queue=QUEUE,
        task_ignore_result=True,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={
            "visibility_timeout": 15 * 60,
            "priority_steps": list(PRIORITIES),
            "queue_order_strategy": "priority",
            "socket_connect_timeout": SECONDS_TO_CONNECT,
        },
    )
    return app


class CeleryTaskQueue:
    """Sends tasks to the workers."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._away_until = 0.0

    def split(self, job: str, *, priority: int = 5) -> None:
        self._send(SPLIT, [job], priority)

    def read(self, document: str, numbers: Sequence[int], *, priority: int = 5) -> None:
        self._send(READ, [document, list(numbers)], priority)

    def finish(self, document: str, *, priority: int = 5) -> None:
        self._send(FINISH, [document], priority)

    def reread(self, document: str, after: int = 0) -> None:
        self._send(REREAD, [document, after], REREAD_PRIORITY)

    def depth(self) -> int | None:
        """How many messages wait, those under way not counted; None where the broker does not answer."""
        from redis.exceptions import RedisError

        names = [QUEUE, *(f"{QUEUE}{SEPARATOR}{step}" for step in PRIORITIES[1:])]
        try:
            with self._client.pipeline(transaction=False) as asked:
                for name in names:
                    asked.llen(name)
                return sum(int(length) for length in asked.execute())
        except (RedisError, OSError):
            return None

    @cached_property
    def _client(self) -> Any:  # redis-py's client is only partly typed
        import redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        asked_once = Retry(NoBackoff(), 0)  # the default goes on trying for seconds while a person waits
        if self._settings.broker:
            return redis.Redis.from_url(
                self._settings.broker, socket_timeout=5, socket_connect_timeout=SECONDS_TO_CONNECT, retry=asked_once
            )
        socket = str(broker.socket_path(self._settings))
        return redis.Redis(unix_socket_path=socket, socket_timeout=5, retry=asked_once)

    @cached_property
    def _app(self) -> Celery:
        return celery_app(self._settings)

    def _send(self, name: str, args: list[object], priority: int) -> None:
        if time.monotonic() < self._away_until:
            return
        from kombu.exceptions import OperationalError
        from redis.exceptions import RedisError

        try:
            self._client.ping()  # Kombu itself would go on trying to connect for seconds
            self._app.send_task(name, args=args, priority=priority, retry=False)
        except (OperationalError, RedisError, OSError) as reason:
            self._away_until = time.monotonic() + PAUSE
            log.warning("broker away, %s left to the sweeper: %s", name, reason)


def _nothing() -> None:
    """What is done between two steps where nobody wants to know."""


class InProcessQueue:
    """Runs the steps in this process, most urgent first: for tests, and where no worker runs.

    The application is built with it, then it is told the ports with `work_on`. What is sent runs at once; what a step
    itself sends runs after it, in the same call. `pulse` is called before each page and after each step.
    """

    def __init__(self, pulse: Callable[[], None] = _nothing) -> None:
        self._pulse = pulse
        self._ports: Ports | None = None
        self._waiting: list[tuple[int, int, Callable[[Ports], object]]] = []
        self._order = count()
        self._busy = False

    def work_on(self, ports: Ports) -> None:
        """From now on what is sent is done; what was sent before is done now."""
        self._ports = ports
        self._work()

    def split(self, job: str, *, priority: int = 5) -> None:
        self._send(priority, lambda ports: intake.split(ports, job))

    def read(self, document: str, numbers: Sequence[int], *, priority: int = 5) -> None:
        self._send(priority, lambda ports: intake.read_pages(ports, document, numbers, go_on=self._beat))

    def finish(self, document: str, *, priority: int = 5) -> None:
        self._send(priority, lambda ports: intake.finish(ports, document))

    def reread(self, document: str, after: int = 0) -> None:
        self._send(REREAD_PRIORITY, lambda ports: rereading.next_page(ports, document, after))

    def depth(self) -> int | None:
        return len(self._waiting)

    def _beat(self) -> bool:
        self._pulse()
        return True

    def _send(self, priority: int, step: Callable[[Ports], object]) -> None:
        heapq.heappush(self._waiting, (priority, next(self._order), step))
        self._work()

    def _work(self) -> None:
        if self._busy or self._ports is None:
            return
        self._busy = True
        try:
            while self._waiting:
                heapq.heappop(self._waiting)[2](self._ports)
                self._pulse()
        finally:
            self._busy = False
