"""The task queue's adapters: messages to Celery's workers, or the steps run at once in this process.

The queue is a hint. A message that cannot be sent is logged and left to the sweeper, and never fails the one who
sent it. Tasks are sent by name, so that nothing here imports `workers.tasks`.
"""

from __future__ import annotations

import heapq
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cached_property, partial
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar

from archive.config import Settings
from archive.errors import NotFound, Unavailable
from archive.ports import DeadLetter, Ports, WorkerSeen
from archive.services import intake, rereading
from workers import broker, dead_letters, memory, presence
from workers.messages import (
    FINISH,
    FORM,
    INDEX,
    QUEUE_OF,
    QUEUES,
    READ,
    REREAD,
    REREAD_PRIORITY,
    SPLIT,
    celery_app,
    lists,
    queue_name,
)

if TYPE_CHECKING:
    from celery import Celery

log = logging.getLogger(__name__)
T = TypeVar("T")
Pages = tuple[str, Sequence[int]]  # of a document

PAUSE = 5.0  # seconds in which a broker that did not answer is not asked again


class CeleryTaskQueue:
    """Sends tasks to the workers."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._away_until = 0.0
        self._lost = False  # whether a message could not be sent, which the sweeper does not know of yet

    def split(self, job: str, *, priority: int = 5) -> None:
        self._send(SPLIT, [job], priority)

    def read(self, document: str, numbers: Sequence[int], *, priority: int = 5, rest: Sequence[Pages] = ()) -> None:
        self._send(READ, [document, list(numbers), priority, [[id, list(some)] for id, some in rest]], priority)

    def finish(self, document: str, *, priority: int = 5) -> None:
        self._send(FINISH, [document], priority)

    def reread(self, document: str, after: int = 0) -> None:
        self._send(REREAD, [document, after], REREAD_PRIORITY)

    def depth(self) -> int | None:
        """How many messages wait, those under way not counted; None where the broker does not answer."""
        depths = self.depths()
        return None if depths is None else sum(depths[queue] for queue in QUEUES)

    def depths(self) -> Mapping[str, int] | None:
        return self._asked(self._depths, None)

    def _depths(self) -> Mapping[str, int]:
        found = {queue: waiting(self._client, queue) for queue in QUEUES}
        return found | {"under_way": presence.taken(self._client)}

    def is_at_rest(self) -> bool:
        depths = self.depths()
        return depths is not None and not any(depths.values())

    def lost_before(self) -> datetime | None:
        return self._asked(lambda: memory.lost_before(self._client), None)

    def dead_letters(self) -> Sequence[DeadLetter]:
        return self._asked(lambda: dead_letters.all_kept(self._client), [])

    def try_again(self, id: str) -> None:
        message = self._answered(lambda: dead_letters.message_of(self._client, id))
        if not self._send(message.name, list(message.args), message.priority):
            raise Unavailable("broker_away")
        self.forget(id)

    def forget(self, id: str) -> None:
        self._answered(lambda: dead_letters.drop(self._client, id))

    def workers(self) -> Sequence[WorkerSeen]:
        return [one for one in self._living() if one.queues]

    def watchers(self) -> Sequence[WorkerSeen]:
        return [one for one in self._living() if not one.queues]

    def _living(self) -> Sequence[WorkerSeen]:
        return self._asked(lambda: presence.living(self._client), [])

    def _asked(self, ask: Callable[[], T], otherwise: T) -> T:
        """The broker's answer, or `otherwise` where there is none."""
        try:
            return self._answered(ask)
        except Unavailable:
            return otherwise

    @staticmethod
    def _answered(ask: Callable[[], T]) -> T:
        """The broker's answer. Raises Unavailable where there is none."""
        from redis.exceptions import RedisError

        try:
            return ask()
        except (RedisError, OSError) as reason:
            raise Unavailable("broker_away") from reason

    @cached_property
    def _client(self) -> Any:
        return broker.client(self._settings)

    @cached_property
    def _app(self) -> Celery:
        return celery_app(self._settings)

    def _send(self, name: str, args: list[object], priority: int) -> bool:
        """Whether it was sent."""
        if time.monotonic() < self._away_until:
            return False
        from kombu.exceptions import OperationalError
        from redis.exceptions import RedisError

        queue = queue_name(QUEUE_OF.get(name, INDEX), FORM)
        try:
            self._client.ping()  # Kombu itself would go on trying to connect for seconds
            self._app.send_task(name, args=args, queue=queue, priority=priority, retry=False)
            self._tell_loss()
        except (OperationalError, RedisError, OSError) as reason:
            self._away_until = time.monotonic() + PAUSE
            self._lost = True
            log.warning("broker away, %s left to the sweeper: %s", name, reason)
            return False
        return True

    def _tell_loss(self) -> None:
        """Has the sweeper look after what this process could not send."""
        if self._lost:
            memory.note_loss(self._client)
            self._lost = False


def waiting(client: Any, queue: str) -> int:
    """How many messages of a queue wait."""
    with client.pipeline(transaction=False) as asked:
        for name in lists(queue):
            asked.llen(name)
        return sum(int(length) for length in asked.execute())


def _nothing() -> None:
    """What is done between two steps where nobody wants to know."""


class InProcessQueue:
    """Runs the steps in this process, most urgent first: for tests, and where no worker runs.

    The application is built with it, then it is told the ports with `work_on`. What is sent runs at once; what a step
    itself sends runs after it, in the same call. `pulse` is called before each page and after each step. What a step
    raises is raised to the one who sent it, and what waited behind that step is left to the sweeper.
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

    def read(self, document: str, numbers: Sequence[int], *, priority: int = 5, rest: Sequence[Pages] = ()) -> None:
        for id, some in ((document, numbers), *rest):
            self._send(priority, partial(self._read, id, some))

    def _read(self, document: str, numbers: Sequence[int], ports: Ports) -> None:
        intake.read_pages(ports, document, numbers, go_on=self._beat)

    def finish(self, document: str, *, priority: int = 5) -> None:
        self._send(priority, lambda ports: intake.finish(ports, document))

    def reread(self, document: str, after: int = 0) -> None:
        self._send(REREAD_PRIORITY, lambda ports: rereading.next_page(ports, document, after))

    def depth(self) -> int | None:
        return len(self._waiting)

    def depths(self) -> Mapping[str, int] | None:
        return {"waiting": len(self._waiting), "under_way": int(self._busy)}

    def is_at_rest(self) -> bool:
        return not self._waiting and not self._busy

    def lost_before(self) -> datetime | None:
        return None  # it lives and dies with this process

    def dead_letters(self) -> Sequence[DeadLetter]:
        return []

    def try_again(self, id: str) -> None:
        raise NotFound("not_found", what=id)

    def forget(self, id: str) -> None: ...

    def workers(self) -> Sequence[WorkerSeen]:
        return []

    def watchers(self) -> Sequence[WorkerSeen]:
        return []

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
        except BaseException:
            self._waiting.clear()
            raise
        finally:
            self._busy = False
