"""Which workers live, as they tell the broker themselves, and what becomes of the messages a dead one had taken.

A worker tells of itself every few seconds, under a key that expires. Each keeps what it has taken in a list of its
own: when it is gone the list is given back at once, not only when the messages become visible again by themselves.
"""

from __future__ import annotations

import json
import logging
import os
import socket
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from secrets import token_hex
from typing import Any

from redis.exceptions import RedisError

from archive.config import Settings
from archive.ports import WorkerSeen
from workers import broker
from workers.messages import celery_app, in_flight_keys

log = logging.getLogger(__name__)

ALL = "dossier.workers"
BEAT = 5.0  # seconds between two signs of life
ALIVE = 30  # seconds after the last sign
MOST_TAKEN = 1000  # messages given back in one turn


@lru_cache(maxsize=1)
def own_id() -> str:
    """The id of the worker this process belongs to: machine, process, and a word that no other has."""
    return f"{socket.gethostname()}/{_machine()}/{os.getpid()}/{token_hex(4)}"


def tell(client: Any, worker: WorkerSeen, seconds: int = ALIVE) -> None:
    """Leaves a sign of life that holds for so long."""
    with client.pipeline() as sent:
        sent.sadd(ALL, worker.id)
        sent.set(_key(worker.id), json.dumps(asdict(worker), default=_iso), ex=seconds)
        sent.execute()


def quietly(work: Callable[[], object]) -> None:
    """Does what needs the broker, which may be away: that harms nothing, since the next sign tries again."""
    try:
        work()
    except (RedisError, OSError) as reason:
        log.warning("no sign of life: %s", reason)


def living(client: Any) -> list[WorkerSeen]:
    """The workers with a sign of life, by name."""
    ids = _known(client)
    told = client.mget([_key(id) for id in ids]) if ids else []
    return [_read(text) for text in told if text is not None]


def taken(client: Any) -> int:
    """How many messages the workers have taken and not acknowledged."""
    with client.pipeline(transaction=False) as asked:
        for id in _known(client):
            asked.hlen(in_flight_keys(id)["unacked_key"])
        return sum(asked.execute())


def give_back_of_the_dead(settings: Settings) -> int:
    """Puts back into the queues what dead workers had taken; how many workers those were."""
    client = broker.client(settings)
    alive = {worker.id for worker in living(client)}
    dead = [id for id in _known(client) if id not in alive or _has_ended_here(id)]
    for id in dead:
        leave(settings, client, id)
    return len(dead)


def leave(settings: Settings, client: Any, id: str) -> None:
    """Gives back what the worker had taken and strikes it off; for its end, or by those who find it dead."""
    give_back(settings, client, id)
    client.delete(_key(id))
    client.srem(ALL, id)


def give_back(settings: Settings, client: Any, id: str) -> None:
    """Puts back into the queues what this worker has taken and not acknowledged."""
    keys = in_flight_keys(id)
    if not client.exists(keys["unacked_key"]):
        return
    app = celery_app(settings, worker=id)
    options = {**app.conf.broker_transport_options, "visibility_timeout": 0}
    with app.connection_for_write(transport_options=options) as connection:
        for _ in range(client.hlen(keys["unacked_key"]) // MOST_TAKEN + 1):
            connection.default_channel.qos.restore_visible(num=MOST_TAKEN, interval=1)


def with_doing(worker: WorkerSeen, seen: datetime, doing: tuple[str, ...]) -> WorkerSeen:
    """The worker as it is now."""
    return replace(worker, seen=seen, doing=doing)


def _known(client: Any) -> list[str]:
    return sorted(id.decode() for id in client.smembers(ALL))


def _key(id: str) -> str:
    return f"dossier.worker.{id}"


def _read(text: bytes) -> WorkerSeen:
    told = json.loads(text)
    for name in ("since", "seen"):
        told[name] = datetime.fromisoformat(told[name])
    return WorkerSeen(**{**told, "queues": tuple(told["queues"]), "doing": tuple(told["doing"])})


def _iso(moment: object) -> str:
    if isinstance(moment, datetime):
        return moment.isoformat()
    raise TypeError(moment)


def _has_ended_here(id: str) -> bool:
    """Whether it was a process of this machine that is not there any more."""
    _, machine, pid, _ = id.rsplit("/", 3)
    return machine == _machine() and id != own_id() and (int(pid) == os.getpid() or not Path(f"/proc/{pid}").exists())


@lru_cache(maxsize=1)
def _machine() -> str:
    """This start of this machine and, in a container, of its processes' numbers: where a pid means one process."""
    try:
        start = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        return f"{start[:8]}-{os.stat('/proc/self/ns/pid').st_ino}"
    except OSError:  # not Linux: nobody is known to have ended here
        return token_hex(4)
