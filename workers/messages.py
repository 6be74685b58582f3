"""The messages between those who send work and those who do it: their names, their queues, their priorities.

Two queues: `ocr` for reading pages, which takes the machine, and `index` for the short steps. A queue's name carries
the number of its messages' form. A worker listens to the forms it knows, so a message of a newer form waits for a
newer worker and is never half understood. Celery is imported only where it is used: not everybody who asks for a name
sends.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from archive.config import Settings
from workers import broker

if TYPE_CHECKING:
    from celery import Celery

FORM = 1  # of the messages sent; a new number with every change of a step's arguments
KNOWN_FORMS: tuple[int, ...] = (1,)  # that a worker of this version understands
OCR, INDEX = "ocr", "index"
QUEUES = (INDEX, OCR)
SPLIT, READ, FINISH, REREAD = "dossier.split", "dossier.read", "dossier.finish", "dossier.reread"
QUEUE_OF = {SPLIT: INDEX, READ: OCR, FINISH: INDEX, REREAD: OCR}
listening = list(QUEUES)  # what the worker of this process listens to; set before its application is made
PRIORITIES = tuple(range(10))  # 0 is taken first
REREAD_PRIORITY = PRIORITIES[-1]  # behind everything else
SECONDS_TO_ANSWER = 10.0
SEPARATOR = "\x06\x16"  # Kombu's, between a queue's name and its priority


def queue_name(queue: str, form: int) -> str:
    """What a queue is called at the broker."""
    return f"dossier.{queue}.{form}"


def lists(queue: str) -> Iterator[str]:
    """The broker's lists in which the messages of a queue wait, of every form and priority known here."""
    for form in KNOWN_FORMS:
        name = queue_name(queue, form)
        yield name
        yield from (f"{name}{SEPARATOR}{step}" for step in PRIORITIES[1:])


def in_flight_keys(worker: str) -> dict[str, str]:
    """Where at the broker a worker keeps what it has taken and not acknowledged: each for itself, so that what a
    dead one held can be given to the others at once."""
    return {
        "unacked_key": f"dossier.taken.{worker}",
        "unacked_index_key": f"dossier.taken_at.{worker}",
        "unacked_mutex_key": f"dossier.taken_lock.{worker}",
    }


def celery_app(settings: Settings, queues: tuple[str, ...] = QUEUES, worker: str = "") -> Celery:
    """A Celery application on the archive's broker, without tasks; `worker` is the id of the one that takes messages
    with it."""
    import kombu
    from celery import Celery

    from workers import transport

    entity: Any = kombu  # hardly typed
    transport.install()
    app = Celery("dossier", broker=broker.url(settings), set_as_current=False)
    app.conf.update(
        task_queues=[
            entity.Queue(name, routing_key=name)
            for queue in queues
            for name in (queue_name(queue, form) for form in KNOWN_FORMS)
        ],
        task_default_queue=queue_name(INDEX, FORM),
        task_ignore_result=True,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options=_transport_options(worker, visible_again(settings)),
    )
    return app


def visible_again(settings: Settings) -> int:
    """Seconds after which a message that was taken and not acknowledged is given to another worker: longer than a task
    may take, with the longest wait of a retry before it."""
    return 3 * settings.task_seconds


def _transport_options(worker: str, hidden: int) -> dict[str, Any]:
    options: dict[str, Any] = {
        "visibility_timeout": hidden,
        "priority_steps": list(PRIORITIES),
        "queue_order_strategy": "round_robin",  # at the same priority the queues take turns
        "socket_connect_timeout": broker.SECONDS_TO_CONNECT,
        "socket_timeout": SECONDS_TO_ANSWER,  # else an acknowledgement on a dead line waits for ever
    }
    return options | (in_flight_keys(worker) if worker else {})
